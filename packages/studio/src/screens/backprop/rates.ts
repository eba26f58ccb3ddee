import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { Bench } from "./bench.ts";
import type { QuestionParams } from "./question.ts";

/** @file The loss of the batch after the coming step, for rates that it might have. */

/** Powers of ten from the least to the greatest rate. */
export const RATE_LOW = -6;
export const RATE_HIGH = 2;
const POINTS = 65;

export interface RateCurve {
  readonly rates: Float64Array<ArrayBuffer>;
  /** Loss after the step at each rate; not finite where it diverges. */
  readonly losses: Float64Array<ArrayBuffer>;
  /** The loss as it is. */
  readonly loss: number;
  /** What the settings say for the next step. */
  readonly rate: number;
  readonly steps: number;
}

export async function rateCurve(session: Session, question: QuestionParams): Promise<RateCurve> {
  const bench = Bench.of(session);
  const { step } = await bench.pass(session, question);
  const next = await bench.next(session, question);
  const rates = Float64Array.from(
    { length: POINTS },
    (_, i) => 10 ** (RATE_LOW + ((RATE_HIGH - RATE_LOW) * i) / (POINTS - 1)),
  );
  const losses = new Float64Array(POINTS);
  for (const [i, rate] of rates.entries()) losses[i] = await next.lossAfter(rate);
  return { rates: give(rates), losses: give(losses), loss: next.loss, rate: session.teacher.learningRate, steps: step };
}

/** The loss of the batch after the coming step at one rate. */
export async function lossAt(session: Session, question: QuestionParams, rate: number): Promise<number> {
  return (await Bench.of(session).next(session, question)).lossAfter(rate);
}
