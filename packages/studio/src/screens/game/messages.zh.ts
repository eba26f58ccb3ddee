import type { GameMessages } from "./messages.en.ts";

export const zh: GameMessages = {
  title: "游戏实验室",
};
