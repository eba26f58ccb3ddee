import { type ArrayData, type Dataset, inputsOf, type Preprocessing, type Tensor, takeRows } from "glassnet";
import { StudioError } from "./trouble.ts";

/** An example as a request names it: a row of the data, or the bytes of a drawing. */
export type ExampleParams =
  | { readonly from: "validation" | "training"; readonly index: number }
  | { readonly from: "drawing"; readonly pixels: Uint8Array };

/** An example as it is stored, and its answer where there is one. */
export interface StoredExample {
  /** One row: [1, ...inputShape]. */
  readonly inputs: ArrayData;
  /** One row, or `null` for a drawing. */
  readonly targets: ArrayData | null;
}

/** What examples are taken from. */
export interface ExampleSource {
  readonly training: Dataset;
  readonly validation: Dataset | null;
}

/** @throws StudioError "not-there" if the data have no such row, or the model takes no such drawing. */
export function storedExample(
  example: ExampleParams,
  { training, validation }: ExampleSource,
  inputShape: readonly number[],
): StoredExample {
  if (example.from === "drawing") {
    const size = inputShape.reduce((all, n) => all * n, 1);
    if (example.pixels.length !== size) {
      throw new StudioError(
        "not-there",
        `a drawing has ${example.pixels.length} pixels, the model takes ${size} numbers`,
      );
    }
    return { inputs: { dtype: "u8", shape: [1, ...inputShape], data: example.pixels }, targets: null };
  }
  const data = example.from === "training" ? training : validation;
  if (data === null || !Number.isInteger(example.index) || example.index < 0 || example.index >= data.size) {
    throw new StudioError("not-there", `there is no example ${example.index} in ${example.from}`);
  }
  const { inputs, targets } = takeRows(data, [example.index]);
  return { inputs, targets };
}

/** The example as the network sees it: [1, ...inputShape]. */
export function inputOf({ inputs }: StoredExample, preprocessing: Preprocessing): Tensor {
  return inputsOf({ preprocessing, inputs } as Dataset);
}
