export const en = {
  title: "Profit lab",
};

export type ProfitMessages = typeof en;
