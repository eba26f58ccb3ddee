import type { TrainMessages } from "./messages.en.ts";

export const zh: TrainMessages = {
  title: "训练",
};
