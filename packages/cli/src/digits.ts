import { type Dataset, holdOut, type PixelEncoding, sliceRows } from "glassnet";
import { loadMnist } from "glassnet/node";
import { Failure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";

/** The digits in three parts: every choice is made on `validation`; `test` is read once, at the end. */
export interface Digits {
  readonly training: Dataset;
  readonly validation: Dataset;
  readonly test: Dataset;
  /** Examples to train on that `limit` left out. */
  readonly leftOut: number;
}

/** One in twelve: 5,000 of the 60,000. */
const HELD_OUT_SHARE = 1 / 12;

/** One of the two sets; the pixels as they are stored. */
export async function digitsOf(set: "test" | "train", directory?: string): Promise<Dataset> {
  return (await loadMnist(directory === undefined ? {} : { directory }))[set];
}

/** @throws UsageError if the files are missing, broken, or too few to hold some out. */
export async function splitDigits(
  options: {
    readonly encoding: PixelEncoding;
    readonly directory: string | undefined;
    readonly limit: number | undefined;
  },
  m: Messages,
): Promise<Digits> {
  const { encoding, directory } = options;
  const { train, test } = await loadMnist({ encoding, ...(directory !== undefined && { directory }) });
  if (train.size < 2) throw new Failure(m.train.tooFewDigits(String(train.size)));
  const { rest, held } = holdOut(train, Math.max(1, Math.round(train.size * HELD_OUT_SHARE)));
  const { limit = rest.size } = options;
  const taken = Math.min(limit, rest.size);
  const training = sliceRows(rest, 0, taken);
  return { training, validation: held, test, leftOut: rest.size - taken };
}
