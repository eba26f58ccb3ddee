import type { ProfitMessages } from "./messages.en.ts";

export const zh: ProfitMessages = {
  title: "利润实验室",
};
