import type { BlockOp } from "./block.ts";
import type { Operation } from "./operation.ts";

/** @file Operations of a block that become one: what is between them never goes through memory. */

/** What an operation's operands come from, as far as nobody else uses it. */
type MakerOf = (slot: number) => BlockOp | undefined;

interface Merged {
  readonly op: Operation;
  readonly from: readonly number[];
  /** The operations that it stands for, apart from the last. */
  readonly parts: readonly BlockOp[];
}

const only = (op: Operation, maker: BlockOp | undefined): BlockOp | undefined => (maker?.op === op ? maker : undefined);

/** a b + c d,  √(a b) + c,  a b + c */
function mergeSum(a: number, b: number, makerOf: MakerOf): Merged | undefined {
  const [left, right] = [only("MUL_F", makerOf(a)), only("MUL_F", makerOf(b))];
  if (left !== undefined && right !== undefined) {
    return { op: "BLEND", from: [...left.from, ...right.from], parts: [left, right] };
  }
  for (const [slot, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const root = only("SQRT", makerOf(slot));
    const inner = root && only("MUL_F", makerOf(root.from[0]!));
    if (inner !== undefined) return { op: "ROOT_ADD", from: [...inner.from, other], parts: [root!, inner] };
  }
  if (left !== undefined) return { op: "MUL_ADD", from: [...left.from, b], parts: [left] };
  return right && { op: "MUL_ADD", from: [...right.from, a], parts: [right] };
}

/** a b - c,  c - a b */
function mergeDifference(a: number, b: number, makerOf: MakerOf): Merged | undefined {
  const left = only("MUL_F", makerOf(a));
  if (left !== undefined) return { op: "MUL_SUB", from: [...left.from, b], parts: [left] };
  const right = only("MUL_F", makerOf(b));
  return right && { op: "SUB_MUL", from: [...right.from, a], parts: [right] };
}

/** a b / c */
function mergeRatio(a: number, b: number, makerOf: MakerOf): Merged | undefined {
  const product = only("MUL_F", makerOf(a));
  return product && { op: "RATIO", from: [...product.from, b], parts: [product] };
}

const RULES: { readonly [O in Operation]?: (a: number, b: number, makerOf: MakerOf) => Merged | undefined } = {
  ADD_F: mergeSum,
  SUB_F: mergeDifference,
  DIV_F: mergeRatio,
};

/** Merges operations whose results have no other use into those that use them. Roundings stay as they are. */
export function mergeOperations(ops: readonly BlockOp[], outputs: readonly { readonly slot: number }[]): BlockOp[] {
  const uses = new Map<number, number>();
  const makers = new Map<number, BlockOp>();
  for (const op of ops) {
    if (op.op !== "FINITE") makers.set(op.to, op);
    for (const slot of op.from) uses.set(slot, (uses.get(slot) ?? 0) + 1);
  }
  for (const { slot } of outputs) uses.set(slot, (uses.get(slot) ?? 0) + 1);
  const gone = new Set<BlockOp>();
  const result = ops.map((op): BlockOp => {
    const makerOf = (slot: number): BlockOp | undefined => {
      const maker = makers.get(slot);
      return maker?.extent === op.extent && uses.get(slot) === 1 ? maker : undefined;
    };
    const merged = RULES[op.op]?.(op.from[0]!, op.from[1]!, makerOf);
    if (merged === undefined) return op;
    for (const part of merged.parts) gone.add(part);
    return { ...op, op: merged.op, from: merged.from };
  });
  return result.filter((_, i) => !gone.has(ops[i]!));
}
