import { useEffect, useMemo, useState } from "react";
import { useClient, useJob, useLive } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useSelection, useStore } from "../../workspace/hooks.tsx";
import type { FitProgress, LabInfo } from "./lab.ts";
import { knobsOf, type Plan, planText, readPlan, startOf } from "./plan.ts";
import { rolesText } from "./roles.ts";
import type { Search, SearchParams } from "./search.ts";
import { type FitName, keyOf, type Source } from "./table.ts";
import { useTable } from "./use-table.tsx";
import { companyLimits, cut, type ProfitView, useProfitView } from "./use-view.ts";

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
  const { file, read } = useTable();
  const connection = useStore(useClient().known, (known) => known.connection);
  const [{ isRunning, progress, result: opened, trouble }, start, cancel] = useJob("profit/open");
  const [info, setInfo] = useState<LabInfo | undefined>(undefined);
  const roles = read === undefined || read.problem !== null ? null : rolesText(read.roles);
  const source = useMemo((): Source | null => {
    const seed = Math.round(cut(view.seed, companyLimits.seed));
    if (view.source === "table")
      return file === null || roles === null ? null : { kind: "table", ...file, roles, seed };
    const rows = Math.round(cut(view.rows, companyLimits.rows));
    return { kind: "company", rows, noise: cut(view.noise, companyLimits.noise), seed };
  }, [view.source, view.rows, view.noise, view.seed, file, roles]);
  const key = source && keyOf(source);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says whether the source is another one
  useEffect(() => {
    if (source === null) {
      cancel();
      setInfo(undefined);
      return undefined;
    }
    if (connection !== "open") return undefined; // a new session begins with nothing
    const timer = setTimeout(() => start({ source }), 120); // a slider on its way starts nothing
    return () => clearTimeout(timer);
  }, [key, connection, start, cancel]);
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
