import { expect, test } from "vitest";
import type { Shape } from "../../core/shape.ts";
import { type Emit, MAX_DIMS, reductionsOf, withFewDims } from "./many-dims.ts";
import type { Node } from "./node.ts";
import { flipView, transposeView, wholeView } from "./view.ts";

/** Memory 0 has so many elements; what is made on the way comes after it. */
function workshop(size: number) {
  const nodes: Node[] = [];
  const shapes: Shape[] = [[size]];
  const addMemory = (_: unknown, shape: Shape): number => shapes.push(shape) - 1;
  const add = (node: Node): void => void nodes.push(node);
  const emit: Emit = { addMemory, add, dtypeOf: () => "f32", sizeOfRoot: () => size, scope: "" };
  return { nodes, shapes, emit };
}

const eight: Shape = [2, 2, 2, 2, 2, 2, 2, 2];
const reversed = [7, 6, 5, 4, 3, 2, 1, 0];

test("few dimensions are left as they are", () => {
  const { emit, nodes } = workshop(64);
  const space = { shape: [2, 1, 2, 1, 2, 2, 2, 2], views: [wholeView(0, [2, 1, 2, 1, 2, 2, 2, 2])] };
  expect(withFewDims(space, emit)).toBe(space);
  expect(nodes).toEqual([]);
});

test("neighbours are merged where all views go through them as through one", () => {
  const { emit, nodes } = workshop(256);
  const view = transposeView(wholeView(0, eight), [4, 5, 6, 7, 0, 1, 2, 3]);
  expect(withFewDims({ shape: eight, views: [view] }, emit)).toMatchObject({
    shape: [16, 16],
    views: [{ root: 0, strides: [1, 16] }],
  });
  expect(nodes).toEqual([]);
});

test("what cannot be merged is picked by the numbers of its elements, in few dimensions", () => {
  const { emit, nodes, shapes } = workshop(256);
  const view = flipView(transposeView(wholeView(0, eight), reversed), [0]);
  const { shape, views } = withFewDims({ shape: eight, views: [view] }, emit);
  expect([shape, views]).toMatchObject([[256], [{ strides: [1], offset: 0 }]]);
  expect(shapes[views[0]!.root as number]).toEqual([256]);
  expect(nodes.map((node) => (node.kind === "kernel" ? node.instruction.prim : node.kind))).toEqual([
    "map",
    "map",
    "gather",
  ]);
  for (const node of nodes) {
    if (node.kind === "map") expect(node.shape.length).toBeLessThanOrEqual(MAX_DIMS);
  }
});

test("a reduction of every other axis of many is done a few axes at a time", () => {
  const shape = new Array<number>(14).fill(2);
  const { emit, shapes } = workshop(2 ** 14);
  const axes = [0, 2, 4, 6, 8, 10, 12];
  const parts = reductionsOf(wholeView(0, shape), axes, 99, (part) => emit.addMemory("f32", part), emit);
  expect(parts.length).toBeGreaterThan(1);
  for (const { input } of parts) expect(input.shape.length).toBeLessThanOrEqual(MAX_DIMS);
  expect(parts.at(-1)!.output).toBe(99);
  // Each reads what the one before has left.
  for (let i = 1; i < parts.length; i++) {
    expect(parts[i]!.input.root).toBe(parts[i - 1]!.output);
    expect(shapes[parts[i - 1]!.output]).toEqual([parts[i]!.input.shape.reduce((size, n) => size * n, 1)]);
  }
});

test("index spaces without elements have one dimension", () => {
  const { emit, nodes } = workshop(0);
  const shape = [2, 2, 2, 0, 2, 2, 2, 2];
  const view = transposeView(wholeView(0, shape), [0, 1, 2, 3, 4, 5, 6, 7]);
  expect(withFewDims({ shape, views: [view] }, emit)).toMatchObject({ shape: [0], views: [{ shape: [0] }] });
  expect(nodes).toEqual([]);
});
