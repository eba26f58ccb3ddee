import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useDrawing, useSelection, useStore, useWorkspace } from "../workspace/hooks.tsx";
import type { Selection } from "../workspace/selection.ts";
import { type Client, type Job, type Live, RequestError, type WatchOptions } from "./client.ts";
import type { UnitChange } from "./edit.ts";
import type { ExampleParams } from "./example.ts";
import type {
  Answer,
  Info,
  JobKind,
  JobResult,
  LayerInfo,
  Params,
  Progress,
  RequestKind,
  Status,
  Trouble,
} from "./protocol.ts";

const ClientContext = createContext<Client | undefined>(undefined);

export function ClientProvider({ client, children }: { client: Client; children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

/** The way to the worker: `client.request("core/run", { mode: "step" })`. */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error("bug in the studio: no client around this component");
  return client;
}

/** Where the session stands, or a part of it: `useStatus((status) => status?.step ?? 0)`. Drawn again when that changes. */
export function useStatus<Part>(part: (status: Status | undefined) => Part): Part {
  return useStore(useClient().known, ({ status }) => part(status));
}

/** Model, data and settings; `undefined` until the session is open. */
export function useInfo(): Info | undefined {
  return useStore(useClient().known, ({ info }) => info);
}

const nothing: Live<never> = { data: undefined, trouble: undefined, revision: -1 };

/**
 * The answer to a request, asked again whenever weights, model or data have changed: at most once a frame. With `null` as
 * parameters nothing is asked. The component is drawn again with every answer: for pictures that follow training, use `useWatch`.
 *
 * @example const { data } = useLive("core/predict", example && { example });
 */
export function useLive<K extends RequestKind>(
  kind: K,
  params: Params<K> | null,
  options?: WatchOptions,
): Live<Answer<K>> {
  const [live, setLive] = useState<Live<Answer<K>>>(nothing);
  useWatch(kind, params, setLive, options);
  return params === null ? nothing : live;
}

/** As `useLive`, without drawing the component again: `tell` gets every answer, to draw on a canvas. */
export function useWatch<K extends RequestKind>(
  kind: K,
  params: Params<K> | null,
  tell: (live: Live<Answer<K>>) => void,
  { everyMs = 0 }: WatchOptions = {},
): void {
  const client = useClient();
  const latest = useRef(tell);
  useEffect(() => {
    latest.current = tell;
  });
  const stable = useStable(params);
  useEffect(() => {
    if (stable === null) return undefined;
    const watch = client.watch(kind, stable, (live) => latest.current(live), { everyMs });
    return () => void watch.stop();
  }, [client, kind, stable, everyMs]);
}

/** The same object as before while its content is the same: arrays are compared by identity, plain values by value. */
function useStable<T>(value: T): T {
  const kept = useRef(value);
  if (!alike(kept.current, value)) kept.current = value;
  return kept.current;
}

function alike(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (ArrayBuffer.isView(a) || ArrayBuffer.isView(b)) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return left.length === right.length && left.every(([name, x]) => alike(x, (b as Record<string, unknown>)[name]));
}

/** A job that a component starts, and that ends with it. */
export interface JobState<K extends JobKind> {
  readonly isRunning: boolean;
  readonly progress: Progress<K> | undefined;
  readonly result: JobResult<K> | undefined;
  readonly trouble: Trouble | undefined;
}

/** `const [job, start, cancel] = useJob("train/compare")`: `start(params)` cancels the one before. */
export function useJob<K extends JobKind>(kind: K): readonly [JobState<K>, (params: Params<K>) => void, () => void] {
  const client = useClient();
  const [state, setState] = useState<JobState<K>>(idle);
  const job = useRef<Job<K> | undefined>(undefined);
  const cancel = useCallback(() => {
    job.current?.cancel();
    job.current = undefined;
    setState((before) => ({ ...before, isRunning: false }));
  }, []);
  const start = useCallback(
    (params: Params<K>) => {
      job.current?.cancel();
      const mine = client.job(kind, params, (progress) => {
        if (job.current === mine) setState((before) => ({ ...before, progress }));
      });
      job.current = mine;
      setState({ ...idle, isRunning: true });
      mine.done.then(
        (result) => {
          if (job.current === mine && result !== null) setState((before) => ({ ...before, isRunning: false, result }));
        },
        (error: unknown) => {
          if (job.current === mine) setState({ ...idle, trouble: troubleIn(error) });
        },
      );
    },
    [client, kind],
  );
  useEffect(
    () => () => {
      job.current?.cancel();
      job.current = undefined;
    },
    [],
  );
  return [state, start, cancel];
}

const idle = { isRunning: false, progress: undefined, result: undefined, trouble: undefined };

export const troubleIn = (error: unknown): Trouble =>
  error instanceof RequestError ? error.trouble : { code: "internal", message: String(error) };

/** The example that is selected, as requests name it; `null` for a drawing when nothing is drawn. */
export function useExample(): ExampleParams | null {
  const [{ example }] = useSelection();
  const [pixels] = useDrawing();
  return useMemo(() => {
    if (example.from !== "drawing") return example;
    return pixels === null ? null : { from: "drawing", pixels };
  }, [example, pixels]);
}

/** The layer and unit that are selected, as far as the model has them: the first hidden layer, unit 0, otherwise. */
export function useUnit(): { readonly layer: LayerInfo; readonly unit: number } | undefined {
  const info = useInfo();
  const [selection] = useSelection();
  return useMemo(() => info && selectedUnit(info, selection), [info, selection]);
}

export function selectedUnit({ model }: Info, { layer, unit }: Selection) {
  const found = model.layers.find(({ path }) => path === layer) ?? model.layers[0];
  return found && { layer: found, unit: Math.min(unit, found.outFeatures - 1) };
}

/** Changes a unit by hand, in a way that the buttons of the top bar can take back. `label` is what was done. */
export function useEdit(): (layer: string, unit: number, change: UnitChange, label: string) => Promise<void> {
  const client = useClient();
  const { undo } = useWorkspace();
  return useCallback(
    async (layer, unit, change, label) => {
      const before = await client.request("core/edit", { layer, unit, change });
      const apply = async (to: UnitChange): Promise<void> => {
        await client.request("core/edit", { layer, unit, change: to });
      };
      undo.note({ label, redo: () => apply(change), undo: () => apply(before) });
    },
    [client, undo],
  );
}

/** Changes the settings, in a way that can be taken back. `label` is what was done. */
export function useConfigure(): (settings: Info["settings"], label: string) => Promise<"kept" | "rebuilt"> {
  const client = useClient();
  const { undo } = useWorkspace();
  return useCallback(
    async (settings, label) => {
      const before = client.known.get().info?.settings;
      const apply = (to: Info["settings"]) => client.request("core/configure", { settings: to });
      const outcome = await apply(settings);
      if (before !== undefined) {
        undo.note({
          label,
          redo: async () => void (await apply(settings)),
          undo: async () => void (await apply(before)),
        });
      }
      return outcome;
    },
    [client, undo],
  );
}
