import type { DrawMessages } from "./messages.en.ts";

export const zh: DrawMessages = {
  title: "画数字并解释",
};
