import type { DType } from "../../core/dtype.ts";
import { assert } from "../../core/errors.ts";
import { broadcastShapes, type Shape, sizeOf, type TensorType } from "../../core/shape.ts";
import type { PrimName } from "../../ir/prim.ts";
import type { Instruction, Program, Source } from "../program.ts";
import { type Emit, reductionsOf, withFewDims } from "./many-dims.ts";
import { type ElementwisePrim, elementwise, type ReductionPrim, reductions } from "./operation.ts";
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

/** @file A program's instructions with all movement of data turned into views of what they read. */

/** A piece of memory: the program's buffers, and what lowering adds to them. */
export interface Memory extends TensorType {
  readonly source: Source;
}

/** Elements of `shape`, each computed from the operands' elements at the same index. */
export interface MapNode {
  readonly kind: "map";
  readonly prim: ElementwisePrim | "copy";
  readonly shape: Shape;
  /** All of the shape of the node. */
  readonly inputs: readonly View[];
  readonly output: number;
  readonly scope: string;
}

/** Folds the elements of a view along axes. */
export interface ReduceNode {
  readonly kind: "reduce";
  readonly prim: ReductionPrim;
  readonly shape: Shape;
  readonly inputs: readonly [View];
  readonly axes: readonly number[];
  readonly output: number;
  readonly scope: string;
}

/** Stops the program if an element is not finite. */
export interface GuardNode {
  readonly kind: "guard";
  readonly shape: Shape;
  readonly inputs: readonly [View];
  readonly output: undefined;
  readonly scope: string;
}

export type PointNode = MapNode | ReduceNode | GuardNode;

/** Strides of a matrix: between products of the batch, rows, columns. */
export interface MatrixView {
  readonly root: number;
  readonly offset: number;
  readonly strides: readonly [batch: number, row: number, column: number];
}

export interface ProductNode {
  readonly kind: "product";
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: MatrixView;
  readonly b: MatrixView;
  readonly output: number;
  readonly scope: string;
}

/** A primitive with a kernel of its own, which reads and writes whole buffers. */
export interface KernelNode {
  readonly kind: "kernel";
  readonly instruction: Instruction;
  readonly inputs: readonly number[];
  readonly output: number;
  readonly scope: string;
}

export type Node = PointNode | ProductNode | KernelNode;

/** A result of the program and the memory that holds it after the instructions. */
export interface Held {
  readonly name: string;
  readonly memory: number;
}

export interface Nodes {
  readonly memory: readonly Memory[];
  readonly nodes: readonly Node[];
  /** Memory of a state, and memory of nothing else that holds the state's next value. */
  readonly writes: readonly { readonly state: number; readonly next: number }[];
  /** What is collected at every step, each in memory of its own. */
  readonly perStep: readonly Held[];
  readonly outputs: readonly Held[];
}

const isElementwise = (prim: PrimName): prim is ElementwisePrim => (elementwise as readonly string[]).includes(prim);
const isReduction = (prim: PrimName): prim is ReductionPrim => (reductions as readonly string[]).includes(prim);

/** Resolves movements into views, and copies where a view does not do. */
export function nodesOf(program: Program): Nodes {
  const memory: Memory[] = program.buffers.map(({ dtype, shape, source }) => ({ dtype, shape, source }));
  const views: View[] = program.buffers.map(({ shape, source }, i) => wholeView(firstOf(program, source, i), shape));
  const wholes = new Map<number, number>();
  const nodes: Node[] = [];
  let scope = "";

  const addMemory = (dtype: DType, shape: Shape): number =>
    memory.push({ dtype, shape, source: { kind: "scratch" } }) - 1;
  const dtypeOf = (view: View): DType => (view.root === "counting" ? "i32" : memory[view.root]!.dtype);
  const emit = (): Emit => ({
    addMemory,
    dtypeOf,
    add: (node) => nodes.push(node),
    sizeOfRoot: (root) => sizeOf(memory[root]!.shape),
    scope,
  });
  const addMap = (prim: MapNode["prim"], shape: Shape, inputs: readonly View[], output: number): void => {
    const space = withFewDims({ shape, views: inputs }, emit());
    nodes.push({ kind: "map", prim, shape: space.shape, inputs: space.views, output, scope });
  };
  const copy = (view: View): number => {
    const output = addMemory(dtypeOf(view), view.shape);
    addMap("copy", view.shape, [view], output);
    return output;
  };
  /** Memory that holds exactly the elements of a buffer, in order. */
  const wholeOf = (buffer: number): number => {
    const view = views[buffer]!;
    if (typeof view.root === "number" && isWhole(view) && sizeOf(memory[view.root]!.shape) === sizeOf(view.shape)) {
      return view.root;
    }
    const known = wholes.get(buffer) ?? copy(view);
    wholes.set(buffer, known);
    return known;
  };
  const viewOf = (buffer: number): View => views[buffer]!;

  const matrixOf = (view: View, batch: Shape): MatrixView => {
    const full = broadcastView(view, [...batch, ...view.shape.slice(-2)]);
    const [row, column] = full.strides.slice(-2) as [number, number];
    const { sizes, strides } = collapse(batch, [full.strides.slice(0, -2)]);
    if (sizes.length > 1 || full.root === "counting") return matrixOf(wholeView(copy(full), full.shape), batch);
    return { root: full.root, offset: full.offset, strides: [strides[0]![0] ?? 0, row, column] };
  };

  const product = (instruction: Instruction): void => {
    const [a, b] = instruction.inputs.map(viewOf) as [View, View];
    const batchShape = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
    const [m, k] = a.shape.slice(-2) as [number, number];
    const n = b.shape.at(-1)!;
    const node = {
      kind: "product",
      batch: sizeOf(batchShape),
      ...{ m, n, k },
      a: matrixOf(a, batchShape),
      b: matrixOf(b, batchShape),
      output: instruction.output,
      scope,
    } as const;
    const [aBatch, aRow] = node.a.strides;
    // One matrix for the whole batch, whose rows go on from one product to the next, is one product with more rows.
    const isTall = node.b.strides[0] === 0 && (m === 1 || aBatch === m * aRow);
    if (!isTall || node.batch === 1) nodes.push(node);
    else {
      const row = m === 1 ? aBatch : aRow;
      nodes.push({ ...node, batch: 1, m: node.batch * m, a: { ...node.a, strides: [0, row, node.a.strides[2]] } });
    }
  };

  const reduction = ({ prim, inputs: [x], output, attrs }: Instruction & { prim: ReductionPrim }): void => {
    const { dtype, shape } = memory[output]!;
    const input = viewOf(x!);
    // Bytes have too little room to add up in.
    const isWide = dtype === "f32" || dtype === "i32";
    const result = isWide ? output : addMemory("i32", shape);
    const addPartial = (part: Shape): number => addMemory(memory[result]!.dtype, part);
    for (const part of reductionsOf(input, attrs.axes, result, addPartial, emit())) {
      const { input: view, axes, output: to } = part;
      nodes.push({ kind: "reduce", prim, shape: view.shape, inputs: [view], axes, output: to, scope });
    }
    if (!isWide) addMap("cast", shape, [wholeView(result, shape)], output);
  };

  const add = (instruction: Instruction): void => {
    const { prim, inputs, output, attrs } = instruction;
    const { dtype, shape } = memory[output]!;
    const x = (): View => viewOf(inputs[0]!);
    if (prim === "transpose") {
      views[output] = transposeView(x(), attrs.perm);
    } else if (prim === "broadcast") {
      views[output] = broadcastView(x(), shape);
    } else if (prim === "slice") {
      views[output] = sliceView(x(), attrs.start, attrs.stop, attrs.step);
    } else if (prim === "flip") {
      views[output] = flipView(x(), attrs.axes);
    } else if (prim === "reshape") {
      views[output] = reshapeView(x(), shape) ?? wholeView(wholeOf(inputs[0]!), shape);
    } else if (prim === "stopGradient" || (prim === "cast" && dtypeOf(x()) === dtype)) {
      views[output] = x();
    } else if (prim === "iota") {
      const numbers = countingView(shape, attrs.axis);
      if (dtype === "i32") views[output] = numbers;
      else addMap("cast", shape, [numbers], output);
    } else if (prim === "matmul") {
      product(instruction);
    } else if (isElementwise(prim)) {
      addMap(
        prim,
        shape,
        inputs.map((i) => broadcastView(viewOf(i), shape)),
        output,
      );
    } else if (isReduction(prim)) {
      reduction(instruction as Instruction & { prim: ReductionPrim });
    } else {
      nodes.push({ kind: "kernel", instruction, inputs: inputs.map(wholeOf), output, scope });
    }
  };

  for (const instruction of program.instructions) {
    scope = instruction.scope;
    add(instruction);
  }
  scope = "";
  for (const buffer of program.guard) {
    const view = viewOf(buffer);
    if (dtypeOf(view) === "f32") {
      const { shape, views } = withFewDims({ shape: view.shape, views: [view] }, emit());
      nodes.push({ kind: "guard", shape, inputs: [views[0]!], output: undefined, scope });
    }
  }
  const claimed = new Set<number>();
  /** Memory that holds a buffer, was computed by the program and is claimed by nobody else. */
  const claim = (buffer: number): number => {
    const found = wholeOf(buffer);
    const own = memory[found]!.source.kind === "scratch" && !claimed.has(found) ? found : copy(viewOf(buffer));
    claimed.add(own);
    return own;
  };
  const writes = program.writes.map(({ state, value }) => ({ state: rootOf(viewOf(state)), next: claim(value) }));
  const isNext = new Set(claimed);
  const perStep = program.perStep.map(({ name, buffer }) => ({ name, memory: claim(buffer) }));
  /** Rows and what is collected lie elsewhere at each step. */
  const moves = (found: number): boolean =>
    memory[found]!.source.kind === "row" || (claimed.has(found) && !isNext.has(found));
  const outputs = program.outputs.map(({ name, buffer }): Held => {
    const found = wholeOf(buffer);
    return { name, memory: moves(found) ? copy(viewOf(buffer)) : found };
  });
  return { memory, nodes, writes, perStep, outputs };
}

function rootOf({ root }: View): number {
  assert(root !== "counting", "numbers that count up lie nowhere");
  return root;
}

/** The first buffer with the same contents: a state, row or feed may be named more than once. */
function firstOf({ buffers }: Program, source: Source, index: number): number {
  if (!("name" in source)) return index;
  return buffers.findIndex(
    (other) => other.source.kind === source.kind && "name" in other.source && other.source.name === source.name,
  );
}
