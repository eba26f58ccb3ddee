import {
  Activation,
  type Backpropagation,
  type BackpropagationCall,
  backpropagation,
  Dropout,
  Flatten,
  Linear,
  type NextStep,
  nextStep,
  Rescale,
} from "glassnet";
import type { Session } from "../../worker/session.ts";
import { type Question, type QuestionParams, questionOf } from "./question.ts";
import { type CallInfo, type CallKind, type Op, tapeOf } from "./tape.ts";

/** A pass forward and back, and what it was asked about. */
export interface Pass {
  readonly question: Question;
  readonly record: Backpropagation;
  readonly calls: readonly CallInfo[];
  readonly tape: readonly Op[];
  readonly batch: number;
  /** Steps done when the weights were those of the pass. */
  readonly step: number;
}

/** Keeps the pass that is looked at, and the step that comes, for as long as weights, data and settings stay. */
export class Bench {
  #key = "";
  #pass: Pass | undefined;
  #next: NextStep | undefined;

  /** The bench of a session. */
  static of(session: Session): Bench {
    return session.own("backprop", () => new Bench());
  }

  async pass(session: Session, params: QuestionParams): Promise<Pass> {
    const { example } = params;
    const named = example.from === "drawing" ? [...example.pixels].join() : `${example.from} ${example.index}`;
    const key = `${session.status().revision} ${named} ${params.count} ${params.answer}`;
    if (this.#pass !== undefined && key === this.#key) return this.#pass;
    const old = this.#next;
    this.#pass = undefined;
    this.#next = undefined;
    await old?.release();
    const question = await questionOf(session, params);
    const { model, x, loss, targets } = question;
    const record = await backpropagation(model, x, { loss, targets, device: session.device });
    const calls = describe(record.calls, x.shape[0]!);
    this.#pass = { question, record, calls, tape: tapeOf(calls), batch: x.shape[0]!, step: session.teacher.step };
    this.#key = key;
    return this.#pass;
  }

  /** The step that the optimizer would take on the batch, with its memory. */
  async next(session: Session, params: QuestionParams): Promise<NextStep> {
    const { question } = await this.pass(session, params);
    if (this.#next !== undefined) return this.#next;
    const { model, x, loss, targets } = question;
    const { teacher, device } = session;
    const slots = await teacher.slots();
    this.#next = await nextStep(model, x, {
      ...{ loss, targets, device, optimizer: teacher.optimizer(), step: teacher.stepsOfRule + 1 },
      ...(Object.keys(slots).length > 0 && { slots }),
    });
    return this.#next;
  }
}

function kindOf({ layer }: BackpropagationCall): CallKind {
  if (layer instanceof Linear) return "linear";
  if (layer instanceof Activation) return "activation";
  if (layer instanceof Flatten) return "flatten";
  if (layer instanceof Dropout) return "dropout";
  return layer instanceof Rescale ? "rescale" : "other";
}

function describe(calls: readonly BackpropagationCall[], batch: number): CallInfo[] {
  let linear: string | null = null;
  return calls.map((call) => {
    const kind = kindOf(call);
    if (kind === "linear") linear = call.path;
    return {
      ...{ path: call.path, kind, linear },
      activation: call.layer instanceof Activation ? call.layer.name : null,
      inSize: call.input.data.length / batch,
      outSize: call.output.data.length / batch,
      hasBias: call.params.some(({ name }) => name === "bias"),
    };
  });
}
