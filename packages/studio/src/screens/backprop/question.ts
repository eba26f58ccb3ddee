import {
  fromArray,
  inputsOf,
  type Layer,
  type Loss,
  oneHot,
  type Tensor,
  type TypedArray,
  takeRows,
  tensor,
} from "glassnet";
import type { ExampleParams } from "../../worker/example.ts";
import { lossOf } from "../../worker/network.ts";
import type { Session } from "../../worker/session.ts";
import { StudioError } from "../../worker/trouble.ts";

/** What a step is asked about: an example, or a few that follow each other, and what a drawing was meant to be. */
export interface QuestionParams {
  readonly example: ExampleParams;
  /** Size of the batch: this example and those behind it. A drawing is alone. */
  readonly count: number;
  /** The class that a drawing shows. */
  readonly answer: number | null;
}

/** The batch as the network sees it, and its loss. */
export interface Question {
  readonly model: Layer;
  readonly x: Tensor;
  readonly targets: Tensor;
  readonly loss: Loss;
  /** Rows of the data that the batch is made of; none for a drawing. */
  readonly rows: readonly number[];
}

export const MAX_BATCH = 16;

/** @throws StudioError "not-there" for a drawing without an answer, or a row that there is not. */
export async function questionOf(session: Session, { example, count, answer }: QuestionParams): Promise<Question> {
  const { model, preprocessing, inputShape } = await session.current();
  const loss = lossOf(session.settings.loss, session.data.training);
  if (example.from === "drawing") {
    if (answer === null) throw new StudioError("not-there", "a drawing has no answer to compare with: choose a class");
    return { model, x: session.input(example), targets: tensor([answer], { dtype: "i32" }), loss, rows: [] };
  }
  session.stored(example); // refuses a row that there is not
  const data = example.from === "training" ? session.data.training : session.data.validation!;
  if (data.inputShape.join() !== inputShape.join()) {
    const what = `the network takes ${inputShape.join(" × ")} numbers, the data have ${data.inputShape.join(" × ")}`;
    throw new StudioError("not-there", what);
  }
  const size = Math.max(1, Math.min(MAX_BATCH, count, data.size));
  const rows = Array.from({ length: size }, (_, i) => (example.index + i) % data.size);
  const taken = takeRows(data, rows);
  return { model, x: inputsOf({ ...taken, preprocessing }), targets: fromArray(taken.targets), loss, rows };
}

/** Targets as one number for each output: classes as 1 for the true one and 0 for the others. */
export async function denseTargets(
  { targets }: Question,
  outputs: number,
  session: Session,
): Promise<Float64Array<ArrayBuffer>> {
  const isIndexed = targets.dtype !== "f32" && targets.shape.length === 1;
  const dense = isIndexed ? oneHot(targets, outputs, "f32") : targets;
  return Float64Array.from((await dense.data({ device: session.device })) as TypedArray);
}
