export const en = {
  title: "Train",
};

export type TrainMessages = typeof en;
