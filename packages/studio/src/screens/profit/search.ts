import { type InputStopReason, type OptimizeInputsOptions, optimizeInputs, type Support } from "glassnet";
import type { Session } from "../../worker/session.ts";
import type { ProfitLab } from "./lab.ts";
import type { FitName, GoalName } from "./table.ts";
import { bestMonth, trueProfit } from "./truth.ts";

/** One input that may be turned, and how far. */
export interface Knob {
  readonly input: number;
  readonly low: number;
  readonly high: number;
}

export interface SearchParams {
  readonly fit: FitName;
  readonly goal: GoalName;
  readonly target: number;
  /** All inputs, in the units of the table. */
  readonly start: readonly number[];
  readonly knobs: readonly Knob[];
  /** A fixed step size, or `null` to find one at each step. */
  readonly rate: number | null;
}

/** The way of the inputs. What there is of each input stands step by step, input by input. */
export interface Search {
  readonly steps: number;
  readonly inputs: Float64Array;
  readonly predictions: Float64Array;
  readonly losses: Float64Array;
  /** ∂predicted/∂x for every input at every step. */
  readonly partials: Float64Array;
  /** ∂loss/∂x. */
  readonly gradients: Float64Array;
  readonly stepSizes: Float64Array;
  readonly moves: Float64Array;
  readonly scales: Float64Array;
  /** 1 at steps where the data do not know such inputs. */
  readonly outside: Uint8Array;
  readonly reason: InputStopReason;
  /** The step with the smallest loss. */
  readonly best: number;
  readonly atBounds: readonly { readonly input: number; readonly bound: "low" | "high" }[];
  readonly support: Support;
  readonly truth: Truth | null;
}

/** What the company would really earn. */
export interface Truth {
  /** With the inputs that were found. */
  readonly found: number;
  /** The greatest there is within the bounds, for a search for the most. */
  readonly best: { readonly inputs: readonly number[]; readonly profit: number } | null;
  /** What is missed, as a share of the greatest. */
  readonly regret: number | null;
}

/** With a fixed rate a search may need many small steps; the table shows them all. */
const MAX_STEPS = 300;

export async function searched(session: Session, lab: ProfitLab, params: SearchParams): Promise<Search> {
  const { fit, goal, target, start, knobs, rate } = params;
  const { preprocessing } = lab.fit(fit);
  const { training } = lab.books;
  const aim = goal === "target" ? { target } : goal === "maximize" ? { maximize: true } : { minimize: true };
  const options = {
    ...aim,
    knobs: knobs.map(({ input }) => input),
    bounds: Object.fromEntries(knobs.map(({ input, low, high }) => [input, [low, high]])),
    data: training,
    maxSteps: MAX_STEPS,
    ...(rate !== null && { learningRate: rate }),
  } as OptimizeInputsOptions;
  const model = await lab.model(session, fit);
  const found = await optimizeInputs({ model, preprocessing, inputShape: training.inputShape }, start, options);
  const { path, reason, atBounds, scales } = found;
  const column = (of: (step: (typeof path)[number]) => number): Float64Array => Float64Array.from(path, of);
  const columns = (of: (step: (typeof path)[number]) => Float64Array): Float64Array =>
    Float64Array.from(path.flatMap((step) => [...of(step)]));
  const losses = column(({ loss }) => loss);
  return {
    steps: path.length,
    inputs: columns(({ inputs }) => inputs),
    predictions: column(({ prediction }) => prediction),
    losses,
    partials: columns(({ partials }) => partials),
    gradients: columns(({ gradient }) => gradient),
    stepSizes: column(({ stepSize }) => stepSize),
    moves: columns(({ move }) => move),
    scales,
    outside: Uint8Array.from(path, ({ support }) => Number(support!.isOutside)),
    reason,
    best: losses.indexOf(found.loss),
    atBounds: atBounds.map(({ input, bound }) => ({ input, bound })),
    support: found.support!,
    truth: lab.books.isCompany ? truthOf(found.inputs, params) : null,
  };
}

function truthOf(found: Float64Array, { goal, start, knobs }: SearchParams): Truth {
  const profit = trueProfit(found);
  if (goal !== "maximize") return { found: profit, best: null, regret: null };
  const boundsOf = (input: number): readonly [number, number] => {
    const knob = knobs.find((one) => one.input === input);
    return knob === undefined ? [start[input]!, start[input]!] : [knob.low, knob.high];
  };
  const best = bestMonth(start, [boundsOf(0), boundsOf(1), boundsOf(2)]);
  return { found: profit, best, regret: best.profit > 0 ? (best.profit - profit) / best.profit : null };
}
