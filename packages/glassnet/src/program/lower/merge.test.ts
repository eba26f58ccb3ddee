import { expect, test } from "vitest";
import type { BlockOp } from "./block.ts";
import { mergeOperations } from "./merge.ts";
import type { Operation } from "./operation.ts";

/** An operation on full operands: `t4 = MUL_F t0 t1` as `op("MUL_F", 4, 0, 1)`. */
const op = (name: Operation, to: number, ...from: number[]): BlockOp => ({ op: name, extent: "full", to, from });

const merged = (ops: readonly BlockOp[], stored: readonly number[]): string[] =>
  mergeOperations(
    ops,
    stored.map((slot) => ({ slot })),
  ).map(({ op: name, to, from }) => `${to} = ${name} ${from.join(" ")}`);

test.each<[string, BlockOp[], string[]]>([
  ["a b + c", [op("MUL_F", 4, 0, 1), op("ADD_F", 5, 4, 2)], ["5 = MUL_ADD 0 1 2"]],
  ["c + a b", [op("MUL_F", 4, 0, 1), op("ADD_F", 5, 2, 4)], ["5 = MUL_ADD 0 1 2"]],
  ["a b − c", [op("MUL_F", 4, 0, 1), op("SUB_F", 5, 4, 2)], ["5 = MUL_SUB 0 1 2"]],
  ["c − a b", [op("MUL_F", 4, 0, 1), op("SUB_F", 5, 2, 4)], ["5 = SUB_MUL 0 1 2"]],
  ["a b / c", [op("MUL_F", 4, 0, 1), op("DIV_F", 5, 4, 2)], ["5 = RATIO 0 1 2"]],
  ["c / (a b), which does not merge", [op("MUL_F", 4, 0, 1), op("DIV_F", 5, 2, 4)], ["4 = MUL_F 0 1", "5 = DIV_F 2 4"]],
  ["a b + c d", [op("MUL_F", 4, 0, 1), op("MUL_F", 6, 2, 3), op("ADD_F", 5, 4, 6)], ["5 = BLEND 0 1 2 3"]],
  ["√(a b) + c", [op("MUL_F", 4, 0, 1), op("SQRT", 6, 4), op("ADD_F", 5, 6, 2)], ["5 = ROOT_ADD 0 1 2"]],
  ["√a + c, which does not merge", [op("SQRT", 6, 0), op("ADD_F", 5, 6, 2)], ["6 = SQRT 0", "5 = ADD_F 6 2"]],
])("%s", (_, ops, expected) => {
  expect(merged(ops, [5])).toEqual(expected);
});

test("what is stored, read twice or guarded remains", () => {
  const product = op("MUL_F", 4, 0, 1);
  const ops = [product, op("ADD_F", 5, 4, 2)];
  const unmerged = ["4 = MUL_F 0 1", "5 = ADD_F 4 2"];
  expect(merged(ops, [4, 5])).toEqual(unmerged);
  expect(merged([...ops, op("EXP", 6, 4)], [5, 6])).toEqual([...unmerged, "6 = EXP 4"]);
  expect(merged([product, { ...op("FINITE", 4, 4) }, ops[1]!], [5])).toEqual([
    ...["4 = MUL_F 0 1", "4 = FINITE 4", "5 = ADD_F 4 2"],
  ]);
  expect(merged([product, op("ADD_F", 5, 4, 4)], [5])).toEqual(["4 = MUL_F 0 1", "5 = ADD_F 4 4"]);
});

test("a number for each row is not merged into what has one for each index", () => {
  const row: BlockOp = { ...op("MUL_F", 4, 0, 1), extent: "row" };
  expect(merged([row, op("ADD_F", 5, 4, 2)], [5])).toEqual(["4 = MUL_F 0 1", "5 = ADD_F 4 2"]);
});
