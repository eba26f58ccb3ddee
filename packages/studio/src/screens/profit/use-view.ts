import { useView } from "../../workspace/hooks.tsx";
import { type FitName, type GoalName, isFitName, isGoalName } from "./table.ts";

/** What the screen remembers of itself. */
const defaults = {
  source: "company",
  rows: 1200,
  noise: 8,
  seed: 0,
  fit: "curved",
  part: "training",
  row: 0,
  level: 0,
  reveal: false,
  goal: "maximize",
  target: 150,
  rate: "found",
  rateValue: 0.01,
  plan: "",
  /** The roles of the columns of a table, a letter each. */
  roles: "",
  /** −1 for the last one. */
  step: -1,
  across: 0,
  up: 1,
  along: 0,
};

export const companyLimits = {
  rows: { min: 100, max: 3000, step: 100 },
  noise: { min: 0, max: 40, step: 1 },
  seed: { min: 0, max: 999_999 },
} as const;

/** A number from a link, within its limits. */
export const cut = (x: number, { min, max }: { readonly min: number; readonly max: number }): number =>
  Number.isFinite(x) ? Math.min(max, Math.max(min, x)) : min;

export function useProfitView() {
  const [view, set] = useView("profit", defaults);
  const fit: FitName = isFitName(view.fit) ? view.fit : "curved";
  const goal: GoalName = isGoalName(view.goal) ? view.goal : "maximize";
  const part: "training" | "validation" = view.part === "validation" ? "validation" : "training";
  return { view: { ...view, fit, goal, part }, set };
}

export type ProfitView = ReturnType<typeof useProfitView>["view"];
export type SetProfitView = ReturnType<typeof useProfitView>["set"];
