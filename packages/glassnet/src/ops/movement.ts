import { broadcastShapes, checkShape, formatShape, sameShape, sizeOf } from "../core/shape.ts";
import { type Contract, commonDtype, shapeError } from "./contract.ts";

export const reshape: Contract<"reshape"> = {
  summary: "The same elements in row-major order under another shape.",
  infer: ([x], { shape }) => {
    checkShape("reshape", shape);
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw shapeError("reshape", `${sizeOf(x.shape)} elements do not fill ${formatShape(shape)}`, [x]);
    }
    return { dtype: x.dtype, shape };
  },
};

export const transpose: Contract<"transpose"> = {
  summary: "Reorders axes: axis i of the result is axis perm[i] of x.",
  infer: ([x], { perm }) => {
    const sorted = [...perm].sort((a, b) => a - b);
    if (perm.length !== x.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw shapeError("transpose", `perm must name each axis once, got ${formatShape(perm)}`, [x], "invalid-axis");
    }
    return { dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]!) };
  },
};

export const broadcast: Contract<"broadcast"> = {
  summary: "Repeats axes of size 1, and adds leading axes, until x has `shape`.",
  infer: ([x], { shape }) => {
    checkShape("broadcast", shape);
    if (!sameShape(broadcastShapes("broadcast", x.shape, shape), shape)) {
      throw shapeError("broadcast", `cannot be stretched to ${formatShape(shape)}`, [x]);
    }
    return { dtype: x.dtype, shape };
  },
};

export const slice: Contract<"slice"> = {
  summary: "Elements start, start + step, … below stop, along every axis; steps are positive.",
  infer: ([x], { start, stop, step }) => {
    const shape = x.shape.map((n, axis) => {
      const [from, to, by] = [start[axis]!, stop[axis]!, step[axis]!];
      const whole = [from, to, by].every(Number.isInteger);
      if (!(whole && from >= 0 && from <= to && to <= n && by >= 1)) {
        const what = `${from}:${to}:${by} does not lie within axis ${axis} of size ${n}`;
        throw shapeError("slice", what, [x], "index-out-of-range");
      }
      return Math.ceil((to - from) / by);
    });
    return { dtype: x.dtype, shape };
  },
};

export const pad: Contract<"pad"> = {
  summary: "Adds `value`: `low` before, `high` after and `interior` between the elements of each axis.",
  infer: ([x], { low, high, interior }) => {
    if ([...low, ...high, ...interior].some((n) => !Number.isInteger(n) || n < 0)) {
      throw shapeError("pad", "amounts must be whole numbers of at least 0", [x], "invalid-shape");
    }
    const shape = x.shape.map((n, axis) => low[axis]! + n + Math.max(0, n - 1) * interior[axis]! + high[axis]!);
    checkShape("pad", shape);
    return { dtype: x.dtype, shape };
  },
};

export const concat: Contract<"concat"> = {
  summary: "Joins tensors along an existing axis.",
  infer: (inputs, { axis }) => {
    const [first] = inputs;
    if (first === undefined) throw shapeError("concat", "needs at least one tensor", inputs);
    const dtype = commonDtype("concat", inputs);
    for (const x of inputs) {
      const fits = x.shape.length === first.shape.length && x.shape.every((n, i) => i === axis || n === first.shape[i]);
      if (!fits) throw shapeError("concat", `sizes must agree on every axis but ${axis}`, inputs);
    }
    const total = inputs.reduce((n, x) => n + x.shape[axis]!, 0);
    return { dtype, shape: first.shape.map((n, i) => (i === axis ? total : n)) };
  },
};

export const flip: Contract<"flip"> = {
  summary: "Reverses the order of elements along `axes`.",
  infer: ([x]) => x,
};
