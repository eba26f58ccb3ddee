import { avgPool, type DataSupport, type Dataset, dataSupport, fromArray, takeRows } from "glassnet";
import type { ExampleParams } from "../../worker/example.ts";
import type { Session } from "../../worker/session.ts";

/** @file In the worker: whether a picture is anything like the digits. A network answers to whatever it is given. */

/** Rows that are known, and rows that they are measured with. */
const KNOWN = 1000;
const MEASURED = 200;
/** A picture is looked at in blocks of so many pixels: single pixels differ from digit to digit anyway. */
const BLOCK = 4;

interface Measure {
  readonly training: Dataset;
  readonly support: DataSupport;
  /** Distances of digits that were kept apart, rising. */
  readonly usual: Float64Array;
}

export interface StrangenessParams {
  readonly example: ExampleParams;
}

export interface Strangeness {
  /** Distance to the nearest digits of the training data. */
  readonly distance: number;
  /** Share of the digits kept apart that lie as far away or farther. */
  readonly share: number;
}

const spread = (data: Dataset, rows: number): Dataset =>
  takeRows(
    data,
    Array.from({ length: Math.min(rows, data.size) }, (_, i) =>
      Math.floor((i * data.size) / Math.min(rows, data.size)),
    ),
  );

/** Means of blocks: [rows, 49]. */
async function blocksOf({ inputs, size }: Pick<Dataset, "inputs" | "size">, session: Session): Promise<Float32Array> {
  const pictures = fromArray({ ...inputs, shape: [size, 1, 28, 28] }).cast("f32");
  return Float32Array.from(await avgPool(pictures, { kernel: BLOCK }).data({ device: session.device }));
}

async function measure(session: Session): Promise<Measure> {
  const { training, validation } = session.data;
  const known = spread(training, KNOWN);
  const support = dataSupport({ dtype: "f32", shape: [known.size, 49], data: await blocksOf(known, session) });
  const others = spread(validation ?? training, MEASURED);
  const blocks = await blocksOf(others, session);
  const usual = Float64Array.from(
    { length: others.size },
    (_, i) => support.at(blocks.subarray(i * 49, i * 49 + 49)).distance,
  );
  return { training, support, usual: usual.sort() };
}

/** How unlike the digits of the data a picture is. It is measured against digits that were kept apart. */
export async function strangeness(session: Session, { example }: StrangenessParams): Promise<Strangeness> {
  const kept = session.own("draw/strangeness", (): { measure?: Measure } => ({}));
  if (kept.measure?.training !== session.data.training) kept.measure = await measure(session);
  const { support, usual } = kept.measure;
  const { inputs } = session.stored(example);
  const { distance } = support.at(await blocksOf({ inputs, size: 1 }, session));
  return { distance, share: usual.filter((other) => other >= distance).length / usual.length };
}
