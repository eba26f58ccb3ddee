export const en = {
  title: "Game lab",
};

export type GameMessages = typeof en;
