import { evaluate, meanSquaredError } from "glassnet";
import type { Session } from "../../worker/session.ts";
import type { ProfitLab } from "./lab.ts";
import type { FitName } from "./table.ts";

/** Rows with what came of them and what a model says. */
export interface Rows {
  readonly size: number;
  /** Row by row, all inputs, in the units of the table. */
  readonly inputs: Float32Array;
  readonly actual: Float32Array;
  readonly predicted: Float32Array;
  /** Mean squared error as the library computes it. */
  readonly loss: number;
  /** Mean of the squares of the differences, summed over the rows that are shown. */
  readonly meanSquare: number;
}

export async function rowsOf(
  session: Session,
  lab: ProfitLab,
  { fit, part }: { readonly fit: FitName; readonly part: "training" | "validation" },
): Promise<Rows> {
  const data = lab.books[part];
  const inputs = Float32Array.from(data.inputs.data);
  const actual = Float32Array.from(data.targets.data);
  const predicted = await lab.predict(session, fit, inputs);
  const model = await lab.model(session, fit);
  const { loss } = await evaluate(model, data, { loss: meanSquaredError, device: session.device });
  let squares = 0;
  for (const [row, y] of actual.entries()) squares += (y - predicted[row]!) ** 2;
  return { size: data.size, inputs, actual, predicted, loss, meanSquare: squares / data.size };
}
