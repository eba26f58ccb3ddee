import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo } from "react";
import { useExample, useInfo, useLive } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useSelection, useView } from "../../workspace/hooks.tsx";
import type { View } from "../../workspace/selection.ts";
import type { CellView } from "./cells.ts";
import type { QuestionParams } from "./question.ts";
import { type CallInfo, type Op, opAt, sameOn } from "./tape.ts";
import type { TapeView } from "./worker.ts";

/** While training, the numbers follow at most so often. */
export const EVERY_MS = 250;

interface BackpropView {
  readonly op: string;
  readonly count: number;
  readonly focus: number;
  readonly answer: number | null;
  readonly index: number | null;
  readonly stage: string;
  readonly order: string;
  /** Power of ten; `null` for the rate of the settings. */
  readonly rate: number | null;
  readonly problem: string;
  readonly first: number | null;
  readonly second: number | null;
  readonly twoRate: number;
  readonly batch: string;
  readonly twoStep: number;
  /** Names of optimizers, with spaces between them. */
  readonly hidden: string;
}

const defaults = {
  op: "",
  count: 1,
  focus: 0,
  answer: null,
  index: null,
  stage: "matrix",
  order: "size",
  rate: null,
  problem: "scales",
  first: null,
  second: null,
  twoRate: -1.4,
  batch: "all",
  twoStep: 60,
  hidden: "",
};

const numeric = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** What the screen remembers of itself. Where the default is `null`, a link may hold anything: only numbers count. */
export function useBackpropView(): readonly [BackpropView, (part: Partial<BackpropView>) => void] {
  const [view, set] = useView("backprop", defaults as View);
  const { answer, index, rate, first, second } = view;
  const checked = { answer, index, rate, first, second };
  const numbers = Object.fromEntries(Object.entries(checked).map(([name, value]) => [name, numeric(value)]));
  return [{ ...view, ...numbers } as unknown as BackpropView, set as (part: Partial<BackpropView>) => void];
}

/** Where the stepper stands, shared by the figures of the screen. */
export interface Stepper {
  readonly question: QuestionParams;
  readonly tape: TapeView;
  readonly op: Op;
  readonly at: number;
  readonly focus: number;
  /** The linear layer and call that the operation belongs to. */
  readonly call: CallInfo | null;
  /** The number that is looked at; while the next one is under way, that of the operation before: see `cellOp`. */
  readonly cell: CellView | undefined;
  readonly cellOp: Op;
  readonly cellCall: CallInfo | null;
  readonly cellTrouble: Trouble | undefined;
  goTo(at: number): void;
  /** Chooses a number of the operation. */
  choose(place: { readonly unit?: number; readonly index?: number; readonly focus?: number }): void;
}

const StepperContext = createContext<Stepper | null>(null);

export function useStepper(): Stepper {
  const stepper = useContext(StepperContext);
  if (stepper === null) throw new Error("bug in the studio: no stepper around this component");
  return stepper;
}

/** What is asked; `null` while there is no example, or no answer to a drawing. */
export function useQuestion(): QuestionParams | null {
  const example = useExample();
  const [{ count, answer }] = useBackpropView();
  return useMemo(() => {
    if (example === null) return null;
    if (example.from === "drawing") return answer === null ? null : { example, count: 1, answer };
    return { example, count, answer: null };
  }, [example, count, answer]);
}

const callOf = ({ calls }: TapeView, { call }: Op): CallInfo | null => (call === null ? null : calls[call]!);

/** Where one begins: the first linear layer. */
const startOf = ({ tape, calls }: TapeView): number =>
  Math.max(
    0,
    tape.findIndex(({ call }) => call !== null && calls[call]!.kind === "linear"),
  );

export function StepperProvider({
  fallback,
  children,
}: {
  fallback: (trouble?: Trouble) => ReactNode;
  children: ReactNode;
}) {
  const info = useInfo();
  const question = useQuestion();
  const [view, setView] = useBackpropView();
  const [selection, select] = useSelection();
  const live = useLive("backprop/tape", question && info ? { question } : null, { everyMs: EVERY_MS });
  const { data: tape, trouble } = live;
  const at = tape === undefined ? 0 : view.op === "" ? startOf(tape) : opAt(tape.tape, view.op);
  const op = tape?.tape[at];
  const call = tape === undefined || op === undefined ? null : callOf(tape, op);
  const linear = call?.linear ?? null;
  const focus = Math.max(0, Math.min((tape?.batch ?? 1) - 1, view.focus));
  const asked = useLive(
    "backprop/cell",
    question === null || op === undefined
      ? null
      : {
          question,
          cell: {
            ...{ at, focus },
            // Before the first layer a number is an input, and no unit of a layer.
            unit: call !== null && linear === null ? (view.index ?? 0) : selection.unit,
            index: view.index,
          },
        },
    { everyMs: EVERY_MS },
  );

  // Another screen, or the microscope, has chosen another layer: the tape follows.
  const chosen = selection.layer;
  useEffect(() => {
    if (tape === undefined || chosen === null || linear === null || chosen === linear) return;
    if (!tape.calls.some(({ path }) => path === chosen)) return;
    setView({ op: tape.tape[sameOn(tape.tape, tape.calls, at, chosen)]!.id, index: null });
  }, [tape, chosen, linear, at, setView]);

  const goTo = useCallback(
    (next: number): void => {
      const target = tape?.tape[Math.max(0, Math.min((tape?.tape.length ?? 1) - 1, next))];
      if (tape === undefined || target === undefined) return;
      const layer = target.call === null ? null : tape.calls[target.call]!.linear;
      setView({ op: target.id, ...(layer !== linear && { index: null }) });
      if (layer !== null) select({ layer });
    },
    [tape, linear, setView, select],
  );
  const choose = useCallback<Stepper["choose"]>(
    ({ unit, index, focus: example }) => {
      if (unit !== undefined) select({ unit, ...(linear !== null && { layer: linear }) });
      if (index !== undefined) setView({ index });
      if (example !== undefined) setView({ focus: example });
    },
    [linear, select, setView],
  );
  const cellOp = tape?.tape.find(({ id }) => id === asked.data?.id);
  const cell = cellOp && asked.data;
  const stepper = useMemo<Stepper | null>(
    () =>
      question === null || tape === undefined || op === undefined
        ? null
        : {
            ...{ question, tape, op, at, focus, call, cell, goTo, choose, cellTrouble: asked.trouble },
            cellOp: cellOp ?? op,
            cellCall: callOf(tape, cellOp ?? op),
          },
    [question, tape, op, at, focus, call, cell, cellOp, asked.trouble, goTo, choose],
  );
  if (stepper === null || trouble !== undefined) return fallback(trouble);
  return <StepperContext value={stepper}>{children}</StepperContext>;
}
