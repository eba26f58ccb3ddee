export const en = {
  title: "Draw and explain",
};

export type DrawMessages = typeof en;
