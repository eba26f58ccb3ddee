import { sameShape, type TensorType } from "../core/shape.ts";
import { type Contract, commonDtype, dtypeError, shapeError } from "./contract.ts";

function checkIndices(prim: string, indices: TensorType, inputs: readonly TensorType[]): void {
  if (indices.dtype !== "i32") throw dtypeError(prim, `indices must be i32, got ${indices.dtype}`, inputs);
}

function gathered(prim: string, x: TensorType, indices: TensorType, axis: number, inputs: readonly TensorType[]) {
  checkIndices(prim, indices, inputs);
  if (x.shape[axis] === 0 && indices.shape.every((n) => n > 0)) {
    throw shapeError(prim, `axis ${axis} has no elements to read`, inputs, "index-out-of-range");
  }
  return [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
}

/** Everything but `axis` must agree. */
function checkElements(prim: string, x: TensorType, indices: TensorType, axis: number, inputs: readonly TensorType[]) {
  checkIndices(prim, indices, inputs);
  const fits = x.shape.length === indices.shape.length && x.shape.every((n, i) => i === axis || n === indices.shape[i]);
  if (!fits) throw shapeError(prim, `sizes of x and indices must agree on every axis but ${axis}`, inputs);
  if (x.shape[axis] === 0 && indices.shape.every((n) => n > 0)) {
    throw shapeError(prim, `axis ${axis} has no elements to read`, inputs, "index-out-of-range");
  }
}

export const gather: Contract<"gather"> = {
  summary: "Whole slices of x along `axis`, picked by indices of any shape; an index outside is clamped.",
  infer: (inputs, { axis }) => {
    const [x, indices] = inputs;
    return { dtype: x.dtype, shape: gathered("gather", x, indices, axis, inputs) };
  },
};

export const scatterAdd: Contract<"scatterAdd"> = {
  summary: "x with each slice of updates added where its index points along `axis`; equal indices add up.",
  infer: (inputs, { axis }) => {
    const [x, indices, updates] = inputs;
    const dtype = commonDtype("scatterAdd", [x, updates], "numeric");
    const expected = gathered("scatterAdd", x, indices, axis, inputs);
    if (!sameShape(updates.shape, expected)) {
      throw shapeError("scatterAdd", `updates must be [${expected.join(", ")}]`, inputs);
    }
    return { dtype, shape: x.shape };
  },
};

export const gatherElements: Contract<"gatherElements"> = {
  summary: "One element of x for each index, along `axis`, all other positions equal; an index outside is clamped.",
  infer: (inputs, { axis }) => {
    const [x, indices] = inputs;
    checkElements("gatherElements", x, indices, axis, inputs);
    return { dtype: x.dtype, shape: indices.shape };
  },
};

export const scatterAddElements: Contract<"scatterAddElements"> = {
  summary: "x with each element of updates added where its index points along `axis`; equal indices add up.",
  infer: (inputs, { axis }) => {
    const [x, indices, updates] = inputs;
    const dtype = commonDtype("scatterAddElements", [x, updates], "numeric");
    checkElements("scatterAddElements", x, indices, axis, inputs);
    if (!sameShape(updates.shape, indices.shape)) {
      throw shapeError("scatterAddElements", "updates and indices must have one shape", inputs);
    }
    return { dtype, shape: x.shape };
  },
};

function checkStart(prim: string, start: TensorType, rank: number, inputs: readonly TensorType[]): void {
  checkIndices(prim, start, inputs);
  if (!sameShape(start.shape, [rank])) throw shapeError(prim, `start must be [${rank}], one index an axis`, inputs);
}

export const dynamicSlice: Contract<"dynamicSlice"> = {
  summary: "The block of fixed sizes that begins at a computed start, moved inside if it would stick out.",
  infer: (inputs, { sizes }) => {
    const [x, start] = inputs;
    checkStart("dynamicSlice", start, x.shape.length, inputs);
    if (
      sizes.length !== x.shape.length ||
      sizes.some((n, axis) => !(Number.isInteger(n) && n >= 0 && n <= x.shape[axis]!))
    ) {
      throw shapeError("dynamicSlice", `a block of [${sizes.join(", ")}] does not fit`, inputs);
    }
    return { dtype: x.dtype, shape: sizes };
  },
};

export const dynamicUpdateSlice: Contract<"dynamicUpdateSlice"> = {
  summary: "x with a block replaced, beginning at a computed start, moved inside if it would stick out.",
  infer: (inputs) => {
    const [x, update, start] = inputs;
    const dtype = commonDtype("dynamicUpdateSlice", [x, update]);
    checkStart("dynamicUpdateSlice", start, x.shape.length, inputs);
    const fits = update.shape.length === x.shape.length && update.shape.every((n, axis) => n <= x.shape[axis]!);
    if (!fits) throw shapeError("dynamicUpdateSlice", "the update does not fit into x", inputs);
    return { dtype, shape: x.shape };
  },
};

export const argsort: Contract<"argsort"> = {
  summary:
    "Indices that sort x along `axis`; equal elements keep their order in both directions, NaN counts as largest.",
  infer: ([x]) => ({ dtype: "i32", shape: x.shape }),
};
