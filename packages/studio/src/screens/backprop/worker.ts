import { give, type Handlers } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";
import { Bench } from "./bench.ts";
import { type CellParams, type CellView, cellOf } from "./cells.ts";
import { type EntryParams, type VerifiedEntry, verifyAll, verifyEntry } from "./checks.ts";
import { type Matrix, matricesOf } from "./matrices.ts";
import type { QuestionParams } from "./question.ts";
import { lossAt, type RateCurve, rateCurve } from "./rates.ts";
import { giveBack, hasKept, openSmall } from "./small-network.ts";
import type { CallInfo, Op } from "./tape.ts";
import {
  type ProblemName,
  type RaceParams,
  racerNames,
  type Surface,
  surfaceOf,
  type Way,
  wayOf,
} from "./two-weights.ts";

/** What a pass did, without its matrices. */
export interface TapeView {
  readonly calls: readonly CallInfo[];
  readonly tape: readonly Op[];
  readonly batch: number;
  /** Rows of the data in the batch; none for a drawing. */
  readonly rows: readonly number[];
  readonly loss: number;
  readonly hasKept: boolean;
  readonly step: number;
}

/** Numbers of nodes and lines of a small network, for one example. */
export interface GraphView {
  /** For the inputs and for the output of every call: numbers, and the gradient of the loss for them. */
  readonly columns: readonly {
    readonly values: Float32Array<ArrayBuffer>;
    readonly grads: Float32Array<ArrayBuffer>;
  }[];
  /** Of the linear layers, by call: weights row by row, and their gradients. */
  readonly weights: Readonly<
    Record<number, { readonly values: Float32Array<ArrayBuffer>; readonly grads: Float32Array<ArrayBuffer> }>
  >;
}

/** Columns with more numbers are not drawn as a graph. */
export const GRAPH_UNITS = 14;

/** What this screen asks of the worker: `backprop/NAME`. */
export const backpropHandlers = {
  /** The operations of a step on the example or batch. */
  tape: async (session: Session, { question }: { question: QuestionParams }): Promise<TapeView> => {
    const { calls, tape, batch, record, step, question: asked } = await Bench.of(session).pass(session, question);
    return { calls, tape, batch, rows: asked.rows, loss: record.loss, hasKept: hasKept(session), step };
  },

  /** The matrices of an operation, for one example of the batch. The last is what it gives. */
  matrices: async (
    session: Session,
    { question, at, focus }: { question: QuestionParams; at: number; focus: number },
  ): Promise<{ readonly id: string; readonly matrices: readonly Matrix[] }> => {
    const pass = await Bench.of(session).pass(session, question);
    const op = pass.tape[at];
    if (op === undefined) throw new StudioError("not-there", `there is no operation ${at}`);
    const matrices = await matricesOf(session, pass, at, Math.max(0, Math.min(pass.batch - 1, focus)));
    return { id: op.id, matrices };
  },

  /** One number of an operation as the sum that it is. */
  cell: (session: Session, { question, cell }: { question: QuestionParams; cell: CellParams }): Promise<CellView> =>
    cellOf(session, question, cell),

  /** The whole of a small network; `null` if it is too large to be drawn. */
  graph: async (
    session: Session,
    { question, focus }: { question: QuestionParams; focus: number },
  ): Promise<GraphView | null> => {
    const { record, calls, batch } = await Bench.of(session).pass(session, question);
    if (calls.some(({ inSize, outSize }) => Math.max(inSize, outSize) > GRAPH_UNITS)) return null;
    const n = Math.max(0, Math.min(batch - 1, focus));
    const of = (data: ArrayLike<number>, size: number) =>
      give(Float32Array.from({ length: size }, (_, i) => data[n * size + i]!));
    const [first] = record.calls;
    const inSize = calls[0]?.inSize ?? 0;
    const inputs = {
      values: of(first?.input.data ?? [], inSize),
      grads: of(record.inputGrad?.data ?? new Float32Array(batch * inSize), inSize),
    };
    const weights: Record<number, GraphView["weights"][number]> = {};
    for (const [i, call] of record.calls.entries()) {
      const weight = call.params.find(({ name }) => name === "weight");
      if (calls[i]!.kind !== "linear" || weight === undefined) continue;
      weights[i] = { values: give(Float32Array.from(weight.data)), grads: give(Float32Array.from(weight.grad)) };
    }
    const columns = record.calls.map((call, i) => ({
      values: of(call.output.data, calls[i]!.outSize),
      grads: of(call.outputGrad.data, calls[i]!.outSize),
    }));
    return { columns: [inputs, ...columns], weights };
  },

  /** A gradient beside its difference quotient. */
  verify: (
    session: Session,
    { question, entry }: { question: QuestionParams; entry: EntryParams },
  ): Promise<VerifiedEntry> => verifyEntry(session, question, entry),

  /** The same for every parameter. */
  verifyAll: (session: Session, { question }: { question: QuestionParams }) => verifyAll(session, question),

  /** The loss after the coming step, for many rates. */
  rates: (session: Session, { question }: { question: QuestionParams }): Promise<RateCurve> =>
    rateCurve(session, question),

  /** The same for one rate. */
  lossAt: (session: Session, { question, rate }: { question: QuestionParams; rate: number }): Promise<number> =>
    lossAt(session, question, rate),

  /** The loss of a model with two weights, on the whole plane. */
  surface: ({ device }: Session, { problem }: { problem: ProblemName }): Promise<Surface> => surfaceOf(problem, device),

  /** The ways of all optimizers from one start. */
  race: async function* ({ device }: Session, params: RaceParams): AsyncGenerator<Way, readonly Way[]> {
    const ways: Way[] = [];
    for (const racer of racerNames) {
      const way = await wayOf(racer, params, device);
      ways.push(way);
      yield { ...way, points: way.points.slice(), losses: way.losses.slice() };
    }
    return ways;
  },

  openSmall: (session: Session): Promise<void> => openSmall(session),

  giveBack: (session: Session): Promise<boolean> => giveBack(session),
} satisfies Handlers;
