import { checkGradient, checkGradients, type EntryCheck, paramsOf, Rng } from "glassnet";
import type { Session } from "../../worker/session.ts";
import { Bench } from "./bench.ts";
import type { QuestionParams } from "./question.ts";

/** @file Gradients beside finite differences, in double precision. */

export interface EntryParams {
  /** Path of a parameter, and which of its entries, laid end to end. */
  readonly param: string;
  readonly entry: number;
}

/** One gradient: as training has it, in double precision, and as a difference quotient. */
export interface VerifiedEntry extends EntryCheck {
  readonly trained: number;
  readonly param: string;
  readonly entry: number;
  readonly step: number;
  /** Steps of training done. */
  readonly steps: number;
}

/** @throws UsageError for a parameter or an entry that there is not. */
export async function verifyEntry(
  session: Session,
  question: QuestionParams,
  { param, entry }: EntryParams,
): Promise<VerifiedEntry> {
  const pass = await Bench.of(session).pass(session, question);
  const { model, x, loss, targets } = pass.question;
  const check = await checkGradient(model, x, { loss, targets, param, index: entry, device: session.device });
  const owner = pass.record.calls.flatMap(({ params }) => params).find(({ path }) => path === param);
  return { ...check, param, entry, trained: owner!.grad[entry]!, steps: pass.step };
}

/** How a parameter did. */
export interface VerifiedParam {
  readonly param: string;
  readonly size: number;
  readonly compared: number;
  /** Whether every entry was compared, or those with the greatest gradients and some by chance. */
  readonly isWhole: boolean;
  readonly worst: number;
  readonly agrees: boolean;
}

/** Networks with no more parameters are checked whole. */
const SMALL = 400;
const STRONGEST = 3;
const BY_CHANCE = 3;
const EACH = STRONGEST + BY_CHANCE;

/** Checks every parameter: all entries of a small network, of a large one the steepest and some by chance. */
export async function* verifyAll(
  session: Session,
  question: QuestionParams,
): AsyncGenerator<{ done: number; total: number }, VerifiedParam[]> {
  const pass = await Bench.of(session).pass(session, question);
  const model = await session.copyModel(); // training may go on meanwhile
  const { x, loss, targets } = pass.question;
  const options = { loss, targets, device: session.device };
  const params = [...paramsOf(model)].map(([path, { shape }]) => ({ path, size: shape.reduce((n, k) => n * k, 1) }));
  if (params.reduce((n, { size }) => n + size, 0) <= SMALL) {
    const checks = await checkGradients(model, x, options);
    return checks.map(({ path, size, maxError, agrees }) => ({
      ...{ param: path, size, compared: size, isWhole: true, worst: maxError, agrees },
    }));
  }
  const grads = new Map(
    pass.record.calls.flatMap((call) => call.params.map(({ path, grad }) => [path, grad] as const)),
  );
  const rng = Rng.seeded(pass.step);
  const verified: VerifiedParam[] = [];
  for (const [k, { path, size }] of params.entries()) {
    const entries = chosenEntries(grads.get(path)!, rng);
    let worst = 0;
    let agrees = true;
    for (const [i, index] of entries.entries()) {
      const check = await checkGradient(model, x, { ...options, param: path, index });
      worst = Math.max(worst, check.relativeError);
      agrees &&= check.agrees;
      yield { done: k * EACH + i + 1, total: params.length * EACH };
    }
    verified.push({ param: path, size, compared: entries.length, isWhole: false, worst, agrees });
  }
  return verified;
}

/** The entries with the greatest gradients, and some by chance of those that have one. */
function chosenEntries(grad: ArrayLike<number>, rng: Rng): number[] {
  const order = Array.from({ length: grad.length }, (_, i) => i).sort(
    (a, b) => Math.abs(grad[b]!) - Math.abs(grad[a]!),
  );
  const alive = order.filter((i) => grad[i] !== 0);
  const chosen = new Set(order.slice(0, STRONGEST));
  for (let k = 0; k < BY_CHANCE && alive.length > 0; k++) chosen.add(alive[Math.floor(rng.next() * alive.length)]!);
  return [...chosen];
}
