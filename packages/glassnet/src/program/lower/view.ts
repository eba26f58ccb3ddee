import { type Shape, sizeOf, stridesOf } from "../../core/shape.ts";

/**
 * How to find a tensor's elements in a buffer: element [i, j, …] is number offset + i·strides[0] + j·strides[1] + …. So
 * transposing, broadcasting, slicing and flipping move no data. Strides of axes of size 1 mean nothing and are 0.
 */
export interface View {
  readonly shape: Shape;
  /** The buffer; "counting" if element number n is n itself. */
  readonly root: number | "counting";
  readonly offset: number;
  readonly strides: readonly number[];
}

const normalize = (shape: Shape, strides: readonly number[]): number[] =>
  strides.map((stride, axis) => (shape[axis] === 1 ? 0 : stride));

/** All of a buffer, row-major. */
export const wholeView = (root: number, shape: Shape): View => ({
  root,
  shape,
  offset: 0,
  strides: normalize(shape, stridesOf(shape)),
});

/** The elements are 0, 1, 2 … along `axis`. */
export const countingView = (shape: Shape, axis: number): View => ({
  root: "counting",
  shape,
  offset: 0,
  strides: shape.map((size, i) => (i === axis && size > 1 ? 1 : 0)),
});

export const transposeView = (view: View, perm: readonly number[]): View => ({
  ...view,
  shape: perm.map((axis) => view.shape[axis]!),
  strides: perm.map((axis) => view.strides[axis]!),
});

/** @param shape what the view's shape broadcasts to: axes are matched from the last one back. */
export function broadcastView(view: View, shape: Shape): View {
  const added = shape.length - view.shape.length;
  return {
    ...view,
    shape,
    strides: shape.map((_, i) => (i < added || view.shape[i - added] === 1 ? 0 : view.strides[i - added]!)),
  };
}

export function sliceView(
  view: View,
  start: readonly number[],
  stop: readonly number[],
  step: readonly number[],
): View {
  const shape = start.map((from, i) => Math.max(0, Math.ceil((stop[i]! - from) / step[i]!)));
  const offset = start.reduce((sum, from, i) => sum + from * view.strides[i]!, view.offset);
  return {
    ...view,
    shape,
    offset,
    strides: normalize(
      shape,
      view.strides.map((stride, i) => stride * step[i]!),
    ),
  };
}

export function flipView(view: View, axes: readonly number[]): View {
  const strides = view.strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride));
  const offset = axes.reduce((sum, axis) => sum + (view.shape[axis]! - 1) * view.strides[axis]!, view.offset);
  return { ...view, offset, strides };
}

/** The view with another shape of as many elements; undefined if its elements do not lie so that strides could tell. */
export function reshapeView(view: View, shape: Shape): View | undefined {
  if (sizeOf(shape) === 0) return { ...view, shape, strides: shape.map(() => 0) };
  const from = collapse(view.shape, [view.strides]);
  const [strides] = from.strides;
  const out: number[] = new Array(shape.length).fill(0);
  let axis = from.sizes.length - 1;
  let taken = 1; // elements of the present run of `from` that are spoken for
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i]!;
    if (size === 1) continue;
    if (axis >= 0 && taken === from.sizes[axis]) {
      axis--;
      taken = 1;
    }
    if (axis < 0 || from.sizes[axis]! % (taken * size) !== 0) return undefined;
    out[i] = strides![axis]! * taken;
    taken *= size;
  }
  return { ...view, shape, strides: out };
}

/** Whether the view is `size` elements from the buffer's first on, in order. */
export function isWhole({ shape, strides, offset, root }: View): boolean {
  if (root === "counting" || offset !== 0) return false;
  const expected = normalize(shape, stridesOf(shape));
  return strides.every((stride, i) => stride === expected[i]);
}

interface Collapsed {
  readonly sizes: readonly number[];
  /** For each view that was given, one stride a dimension. */
  readonly strides: readonly (readonly number[])[];
  /** For each boundary that was given, before which of the new dimensions it lies. */
  readonly boundaries: readonly number[];
}

/**
 * The same index space in as few dimensions as all views allow: neighbours are merged where every view steps through
 * both as through one. Axes of size 1 are left out.
 *
 * @param boundaries positions between axes across which nothing is merged
 */
export function collapse(
  shape: Shape,
  views: readonly (readonly number[])[],
  boundaries: readonly number[] = [],
): Collapsed {
  const sizes: number[] = [];
  const strides: number[][] = views.map(() => []);
  const moved = boundaries.map(() => 0);
  let mayMerge = false;
  shape.forEach((size, axis) => {
    boundaries.forEach((boundary, i) => {
      if (boundary !== axis) return;
      moved[i] = sizes.length;
      mayMerge = false;
    });
    if (size === 1) return;
    const last = sizes.length - 1;
    if (mayMerge && views.every((view, i) => strides[i]![last] === view[axis]! * size)) {
      sizes[last]! *= size;
      views.forEach((view, i) => {
        strides[i]![last] = view[axis]!;
      });
    } else {
      sizes.push(size);
      views.forEach((view, i) => {
        strides[i]!.push(view[axis]!);
      });
    }
    mayMerge = true;
  });
  boundaries.forEach((boundary, i) => {
    if (boundary >= shape.length) moved[i] = sizes.length;
  });
  return { sizes, strides, boundaries: moved };
}
