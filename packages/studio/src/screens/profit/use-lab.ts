import { useEffect, useMemo, useState } from "react";
import { useJob, useLive } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useSelection, useStore, useView, useWorkspace } from "../../workspace/hooks.tsx";
import { type ColumnRole, type Csv, type CsvFault, guessRoles, MAX_BYTES, readCsv, tableOf } from "./csv.ts";
import type { FitProgress, LabInfo } from "./lab.ts";
import { knobsOf, type Plan, planText, readPlan, startOf } from "./plan.ts";
import type { Search, SearchParams } from "./search.ts";
import { type FitName, type GoalName, isFitName, isGoalName, keyOf, type Source } from "./table.ts";

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

const cut = (x: number, { min, max }: { readonly min: number; readonly max: number }): number =>
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

const letters: Readonly<Record<ColumnRole, string>> = { input: "i", target: "t", out: "o" };

/** The pasted or dropped text, read as a table in the roles that were chosen. */
export function useTable() {
  const workspace = useWorkspace();
  const file = useStore(workspace.table);
  const { view, set } = useProfitView();
  const read = useMemo((): Csv | CsvFault | { readonly fault: "large" } | null => {
    if (file === null) return null;
    return file.text.length > MAX_BYTES ? { fault: "large" } : readCsv(file.text);
  }, [file]);
  const csv = read !== null && "columns" in read && "rows" in read && !("fault" in read) ? read : null;
  const roles = useMemo((): ColumnRole[] => {
    if (csv === null) return [];
    const stored = [...view.roles].map((letter) => (letter === "i" ? "input" : letter === "t" ? "target" : "out"));
    return stored.length === csv.columns.length ? stored : guessRoles(csv);
  }, [csv, view.roles]);
  const result = useMemo(() => csv && tableOf(csv, roles, file?.name ?? ""), [csv, roles, file]);
  return {
    file,
    csv,
    fault: read !== null && "fault" in read ? read : null,
    roles,
    result,
    take: (name: string, text: string): void => {
      workspace.table.set(text === "" ? null : { name, text });
      set({ roles: "", plan: "", row: 0, across: 0, up: 1, along: 0, level: 0, step: -1 });
    },
    assign: (column: number, role: ColumnRole): void => {
      const next = roles.map((before, j) =>
        j === column ? role : role === "target" && before === "target" ? "input" : before,
      );
      set({
        roles: next.map((one) => letters[one]).join(""),
        plan: "",
        row: 0,
        across: 0,
        up: 1,
        along: 0,
        level: 0,
        step: -1,
      });
    },
  };
}

/** Tells tables apart by what was read, not by comparing their numbers. */
let tables = 0;
const tableIds = new WeakMap<object, string>();
function idOf(table: object): string {
  const id = tableIds.get(table) ?? `${++tables}`;
  tableIds.set(table, id);
  return id;
}

export interface OpenLab {
  /** `undefined` until the models are fitted. It stays while others are being fitted. */
  readonly info: LabInfo | undefined;
  readonly isFitting: boolean;
  readonly progress: FitProgress | undefined;
  readonly trouble: Trouble | undefined;
}

/** Fits the models to what is chosen, and again when that changes. */
export function useLab(): OpenLab {
  const { view } = useProfitView();
  const { result } = useTable();
  const [{ isRunning, progress, result: opened, trouble }, start, cancel] = useJob("profit/open");
  const [info, setInfo] = useState<LabInfo | undefined>(undefined);
  const table = result !== null && "table" in result ? result.table : null;
  const source = useMemo((): Source | null => {
    const seed = Math.round(cut(view.seed, companyLimits.seed));
    if (view.source === "table") return table && { kind: "table", id: idOf(table), seed, table };
    const rows = Math.round(cut(view.rows, companyLimits.rows));
    return { kind: "company", rows, noise: cut(view.noise, companyLimits.noise), seed };
  }, [view.source, view.rows, view.noise, view.seed, table]);
  const key = source && keyOf(source);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says whether the source is another one
  useEffect(() => {
    if (source === null) {
      cancel();
      setInfo(undefined);
      return undefined;
    }
    const timer = setTimeout(() => start({ source }), 120); // a slider on its way starts nothing
    return () => clearTimeout(timer);
  }, [key, start, cancel]);
  useEffect(() => {
    if (opened !== undefined) setInfo(opened);
  }, [opened]);
  const isMine =
    info !== undefined && source !== null && (info.isCompany ? source.kind === "company" : source.kind === "table");
  return {
    info: isMine ? info : undefined,
    isFitting: isRunning || (source !== null && trouble === undefined && info?.key !== key),
    progress,
    trouble,
  };
}

/** The plan of the search, and what asks the worker for it. */
export function usePlan(info: LabInfo) {
  const { view, set } = useProfitView();
  const plan = useMemo(() => readPlan(view.plan, info), [view.plan, info]);
  const start = useMemo(() => startOf(plan, info), [plan, info]);
  const knobs = useMemo(() => knobsOf(plan), [plan]);
  const change = (next: Plan): void => set({ plan: planText(next), step: -1 });
  const params = (fit: FitName): (SearchParams & { readonly key: string }) | null =>
    knobs.length === 0
      ? null
      : {
          ...{ key: info.key, fit, goal: view.goal, target: view.target, start, knobs },
          rate: view.rate === "fixed" && view.rateValue > 0 ? view.rateValue : null,
        };
  return { plan, start, knobs, params, change };
}

/** The way of the inputs for one fit. */
export function useSearch(
  info: LabInfo,
  fit: FitName,
): { readonly search: Search | undefined; readonly trouble: Trouble | undefined } {
  const { params } = usePlan(info);
  const { data, trouble } = useLive("profit/search", params(fit), { everyMs: 250 });
  return { search: data ?? undefined, trouble };
}

/** The step that is looked at: the last one, unless another was chosen. */
export const stepOf = (view: ProfitView, search: Search): number =>
  view.step < 0 ? search.best : Math.min(view.step, search.steps - 1);

/** Which row is looked at: the example of the workspace, if it is about this lab, and the screen's own otherwise. */
export function useRow(info: LabInfo) {
  const { view, set } = useProfitView();
  const [{ example }, select] = useSelection();
  const { data: shown } = useLive("profit/shown", { key: info.key });
  const isShared = shown !== undefined && shown !== null && example.from !== "drawing";
  const part = isShared ? example.from : view.part;
  const most = info[part] - 1;
  const row = Math.max(0, Math.min(most, isShared ? example.index : view.row));
  const choose = (next: { readonly part?: "training" | "validation"; readonly row?: number }): void => {
    const to = { part: next.part ?? part, row: next.row ?? (next.part === undefined ? row : 0) };
    set(to);
    if (shown !== undefined && shown !== null) select({ example: { from: to.part, index: to.row } });
  };
  return { part, row, shown: shown ?? null, choose };
}
