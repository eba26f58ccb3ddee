import { describe, expect, test } from "vitest";
import { runPrimitive } from "../../backends/reference/kernels.ts";
import { Rng } from "../../core/random.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import {
  broadcastView,
  collapse,
  countingView,
  flipView,
  isWhole,
  reshapeView,
  sliceView,
  transposeView,
  type View,
  wholeView,
} from "./view.ts";

/** The elements of a view of a buffer that holds 0, 1, 2 …. */
function elementsOf({ shape, offset, strides }: View): number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => {
    let [rest, at] = [i, offset];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return at;
  });
}

const numbers = (shape: Shape) => ({
  dtype: "i32" as const,
  shape,
  data: Int32Array.from({ length: sizeOf(shape) }, (_, i) => i),
});

const shape: Shape = [2, 1, 3, 4];
const whole = wholeView(0, shape);

describe("a view has the elements that the reference computes:", () => {
  test("transposed", () => {
    const perm = [3, 0, 2, 1];
    const { data } = runPrimitive("transpose", [numbers(shape)], { perm });
    expect(elementsOf(transposeView(whole, perm))).toEqual([...data]);
  });

  test("sliced with steps, then flipped", () => {
    const attrs = { start: [0, 0, 1, 0], stop: [2, 1, 3, 4], step: [1, 1, 1, 3] };
    const sliced = runPrimitive("slice", [numbers(shape)], attrs);
    const view = sliceView(whole, attrs.start, attrs.stop, attrs.step);
    expect([view.shape, elementsOf(view)]).toEqual([sliced.shape, [...sliced.data]]);
    const flipped = runPrimitive("flip", [sliced], { axes: [0, 3] });
    expect(elementsOf(flipView(view, [0, 3]))).toEqual([...flipped.data]);
  });

  test("broadcast", () => {
    const to = [5, 2, 2, 3, 4];
    const { data } = runPrimitive("broadcast", [numbers(shape)], { shape: to });
    expect(elementsOf(broadcastView(whole, to))).toEqual([...data]);
  });

  test("counting", () => {
    const { data } = runPrimitive("iota", [], { dtype: "i32", shape, axis: 2 });
    expect(elementsOf(countingView(shape, 2))).toEqual([...data]);
  });

  test("reshaped, wherever strides can tell: 2,000 random views", () => {
    const rng = Rng.seeded(3);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(rng.next() * list.length)]!;
    let told = 0;
    for (let i = 0; i < 2000; i++) {
      const from = pick<Shape>([[2, 3, 4], [4, 6], [24], [2, 2, 6], [1, 8, 3], [2, 1, 12]]);
      const to = pick<Shape>([[2, 3, 4], [6, 4], [24], [3, 8], [2, 12], [4, 1, 6], [2, 2, 2, 3]]);
      const perm = [...rng.permutation(from.length)];
      const changes = [
        (view: View) => transposeView(view, perm),
        (view: View) => flipView(view, [0]),
        (view: View) => view,
        (view: View) =>
          broadcastView({ ...view, strides: view.strides.map((s, axis) => (axis === 0 ? 0 : s)) }, view.shape),
      ];
      const view = pick(changes)(wholeView(0, from));
      const reshaped = reshapeView(view, to);
      if (reshaped === undefined) continue;
      told++;
      expect(reshaped.shape).toEqual(to);
      expect(elementsOf(reshaped)).toEqual(elementsOf(view));
    }
    expect(told).toBeGreaterThan(1000);
  });
});

describe("a view is the whole buffer", () => {
  test("if it has the elements in order, whatever its axes of size 1", () => {
    expect(isWhole(whole)).toBe(true);
    expect(isWhole(transposeView(whole, [0, 2, 1, 3]))).toBe(true);
  });

  test.each<[string, View]>([
    ["transposed", transposeView(whole, [3, 2, 1, 0])],
    ["flipped", flipView(whole, [0])],
    ["from an offset", sliceView(whole, [1, 0, 0, 0], [2, 1, 3, 4], [1, 1, 1, 1])],
    ["repeated", broadcastView(wholeView(0, [4]), [3, 4])],
    ["counting", countingView([4], 0)],
  ])("and not %s", (_, view) => {
    expect(isWhole(view)).toBe(false);
  });
});

describe("collapsing", () => {
  test("merges neighbours that all views go through as through one, and leaves out axes of size 1", () => {
    const other = broadcastView(wholeView(1, [3, 4]), shape);
    expect(collapse(shape, [whole.strides, other.strides])).toEqual({
      sizes: [2, 12],
      strides: [
        [12, 1],
        [0, 1],
      ],
      boundaries: [],
    });
  });

  test("does not merge across a boundary", () => {
    expect(collapse(shape, [whole.strides], [3])).toEqual({ sizes: [6, 4], strides: [[4, 1]], boundaries: [1] });
    expect(collapse(shape, [whole.strides], [0, 4])).toEqual({ sizes: [24], strides: [[1]], boundaries: [0, 1] });
  });

  test("keeps the elements of every view, and their order: 500 random pairs", () => {
    const rng = Rng.seeded(5);
    for (let i = 0; i < 500; i++) {
      const sizes = Array.from({ length: 4 }, () => 1 + Math.floor(rng.next() * 3));
      const views = [0, 1].map((root) => {
        const perm = [...rng.permutation(4)];
        const base = perm.map((_, axis) => sizes[perm.indexOf(axis)]!);
        return transposeView(wholeView(root, base), perm);
      });
      const collapsed = collapse(
        sizes,
        views.map(({ strides }) => strides),
      );
      views.forEach((view, k) => {
        expect(view.shape).toEqual(sizes);
        const small = { ...view, shape: collapsed.sizes, strides: collapsed.strides[k]! };
        expect(elementsOf(small)).toEqual(elementsOf(view));
      });
    }
  });
});
