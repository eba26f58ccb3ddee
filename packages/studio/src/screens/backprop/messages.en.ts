export const en = {
  title: "Backpropagation, step by step",
};

export type BackpropMessages = typeof en;
