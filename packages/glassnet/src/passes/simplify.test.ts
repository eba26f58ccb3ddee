import { describe, expect, test } from "vitest";
import { allocate, type DType } from "../core/dtype.ts";
import { GraphBuilder } from "../ir/builder.ts";
import type { Value, ValueOf } from "../ir/graph.ts";
import type { Attrs, Inputs, PrimName } from "../ir/prim.ts";
import { printGraph } from "../ir/print.ts";
import { verifyGraph } from "../ir/verify.ts";
import { infer } from "../ops/all.ts";
import { Ops } from "../ops/operations.ts";
import { graphFunction } from "../testing/graph-function.ts";
import { rewriteGraph } from "./rewrite.ts";
import type { Simplification } from "./simplification.ts";
import { simplifications } from "./simplify.ts";
import * as arithmetic from "./simplify-arithmetic.ts";
import * as movement from "./simplify-movement.ts";

const rules = { ...arithmetic, ...movement };
type RuleName = keyof typeof rules;

const INF = Number.POSITIVE_INFINITY;

/** Numbers at which a rule that is not exact shows it. */
const edges: { readonly [D in DType]: readonly number[] } = {
  bool: [0, 1],
  u8: [0, 1, 2, 3, 16, 127, 128, 200, 254, 255],
  i32: [0, 1, -1, 2, -3, 255, 256, 300, -300, 65537, 16777217, 2 ** 31 - 1, 1 - 2 ** 31, -(2 ** 31)],
  f32: [
    ...[0, 1, 2, 3, 0.1, 1 / 3, 255.5, 300, 16777217, 3e9, 1e30].flatMap((x) => [x, -x]),
    ...[2 ** -149, 3 * 2 ** -149, 2 ** -127, 2 ** -126, 2 ** -126 - 2 ** -149].flatMap((x) => [x, -x]),
    ...[1 + 2 ** -23, 1 - 2 ** -24, (2 - 2 ** -23) * 2 ** 127, INF].flatMap((x) => [x, -x]),
    Number.NaN,
  ],
  f64: [
    ...[0, 1, 2, 3, 0.1, 1 / 3, 255.5, 300, 2 ** 53, 2147483647.5, 1e300].flatMap((x) => [x, -x]),
    ...[5e-324, 1.5e-323, 2 ** -1023, 2 ** -1022, 2 ** -1022 - 5e-324].flatMap((x) => [x, -x]),
    ...[1 + 2 ** -52, 1 - 2 ** -53, Number.MAX_VALUE, INF].flatMap((x) => [x, -x]),
    Number.NaN,
  ],
};

function setting(dtype: DType) {
  const builder = new GraphBuilder(infer);
  const n = edges[dtype].length;
  return {
    builder,
    b: new Ops<Value>(builder),
    /** What `Ops` would not make, because it is nothing. */
    emit: <P extends PrimName>(prim: P, inputs: Inputs<P, Value>, attrs: Attrs<P>): Value =>
      builder.emit(prim, inputs, attrs),
    dtype,
    n,
    /** The edges as a row [n], as a column [n, 1], and a condition [n]: an operation on the first two meets all pairs. */
    x: builder.input({ dtype, shape: [n] }, "x"),
    y: builder.input({ dtype, shape: [n, 1] }, "y"),
    c: builder.input({ dtype: "bool", shape: [n] }, "c"),
  };
}

type Setting = ReturnType<typeof setting>;

interface Case {
  readonly title: string;
  readonly dtypes: readonly DType[];
  readonly from: (s: Setting) => Value;
  readonly to: (s: Setting) => Value;
}

const FLOATS = ["f32", "f64"] as const;
const SIGNED = ["i32", "f32", "f64"] as const;
const NUMBERS = ["u8", "i32", "f32", "f64"] as const;
const ANY = ["bool", "u8", "i32", "f32", "f64"] as const;

const rule = (title: string, dtypes: readonly DType[], from: Case["from"], to: Case["to"]): Case => ({
  title,
  dtypes,
  from,
  to,
});

/** Whether `middle` holds every number of `from`, so that it can be left out on the way to `last`. */
function isLossless(from: DType, middle: DType, last: DType): boolean {
  const isWider = ANY.indexOf(from) < ANY.indexOf(middle) && !(from === "i32" && middle === "f32");
  return isWider && !(from === "i32" && middle === "f64" && last === "u8");
}

const unit = ({ b, dtype, n }: Setting, x: number): Value => b.broadcast(b.scalar(x, dtype), [n]);

const cases: { readonly [R in RuleName]: readonly Case[] } = {
  dropNeutral: [
    rule(
      "x + −0",
      FLOATS,
      ({ b, x, dtype }) => b.add(x, b.scalar(-0, dtype)),
      ({ x }) => x,
    ),
    rule(
      "−0 + x",
      FLOATS,
      ({ b, x, dtype }) => b.add(b.scalar(-0, dtype), x),
      ({ x }) => x,
    ),
    rule(
      "whole x + 0",
      ["u8", "i32"],
      ({ b, x, dtype }) => b.add(x, b.scalar(0, dtype)),
      ({ x }) => x,
    ),
    rule(
      "x − 0",
      NUMBERS,
      ({ b, x, dtype }) => b.sub(x, b.scalar(0, dtype)),
      ({ x }) => x,
    ),
    rule(
      "x · 1",
      NUMBERS,
      ({ b, x, dtype }) => b.mul(x, b.scalar(1, dtype)),
      ({ x }) => x,
    ),
    rule(
      "1 · x, repeated",
      NUMBERS,
      (s) => s.b.mul(unit(s, 1), s.y),
      ({ b, y, n }) => b.broadcast(y, [n, n]),
    ),
    rule(
      "x / 1",
      FLOATS,
      ({ b, x }) => b.div(x, 1),
      ({ x }) => x,
    ),
    rule(
      "x¹",
      FLOATS,
      ({ b, x }) => b.pow(x, 1),
      ({ x }) => x,
    ),
    rule(
      "max(x, −∞)",
      FLOATS,
      ({ b, x }) => b.maximum(x, -INF),
      ({ x }) => x,
    ),
    rule(
      "min(∞, x)",
      FLOATS,
      ({ b, x }) => b.minimum(INF, x),
      ({ x }) => x,
    ),
    rule(
      "x and true",
      ["bool"],
      ({ b, x }) => b.and(x, b.scalar(1, "bool")),
      ({ x }) => x,
    ),
    rule(
      "false or x",
      ["bool"],
      ({ b, x }) => b.or(b.scalar(0, "bool"), x),
      ({ x }) => x,
    ),
  ],
  dropDecided: [
    rule(
      "x and false",
      ["bool"],
      ({ b, x }) => b.and(x, b.scalar(0, "bool")),
      ({ b, n }) => b.full([n], 0, "bool"),
    ),
    rule(
      "true or x",
      ["bool"],
      ({ b, x }) => b.or(b.scalar(1, "bool"), x),
      ({ b, n }) => b.full([n], 1, "bool"),
    ),
  ],
  dropDouble: [
    rule(
      "−−x",
      NUMBERS,
      ({ emit, x }) => emit("neg", [emit("neg", [x], {})], {}),
      ({ x }) => x,
    ),
    rule(
      "not not x",
      ["bool"],
      ({ b, x }) => b.not(b.not(x)),
      ({ x }) => x,
    ),
  ],
  dropEqualOperands: [
    rule(
      "max(x, x)",
      NUMBERS,
      ({ b, x }) => b.maximum(x, x),
      ({ x }) => x,
    ),
    rule(
      "min(x, x)",
      NUMBERS,
      ({ b, x }) => b.minimum(x, x),
      ({ x }) => x,
    ),
    rule(
      "x and x",
      ["bool"],
      ({ b, x }) => b.and(x, x),
      ({ x }) => x,
    ),
    rule(
      "x or x",
      ["bool"],
      ({ b, x }) => b.or(x, x),
      ({ x }) => x,
    ),
  ],
  addNegative: [
    rule(
      "x + −y",
      NUMBERS,
      ({ b, emit, x, y }) => b.add(x, emit("neg", [y], {})),
      ({ b, x, y }) => b.sub(x, y),
    ),
    rule(
      "−x + y",
      NUMBERS,
      ({ b, emit, x, y }) => b.add(emit("neg", [x], {}), y),
      ({ b, x, y }) => b.sub(y, x),
    ),
  ],
  subtractNegative: [
    rule(
      "x − −y",
      NUMBERS,
      ({ b, emit, x, y }) => b.sub(x, emit("neg", [y], {})),
      ({ b, x, y }) => b.add(x, y),
    ),
  ],
  cancelSigns: [
    rule(
      "−x · −y",
      SIGNED,
      ({ b, x, y }) => b.mul(b.neg(x), b.neg(y)),
      ({ b, x, y }) => b.mul(x, y),
    ),
    rule(
      "−x / −y",
      FLOATS,
      ({ b, x, y }) => b.div(b.neg(x), b.neg(y)),
      ({ b, x, y }) => b.div(x, y),
    ),
  ],
  negate: [
    rule(
      "x · −1",
      SIGNED,
      ({ b, x }) => b.mul(x, -1),
      ({ b, x }) => b.neg(x),
    ),
    rule(
      "−1 · x, repeated",
      SIGNED,
      (s) => s.b.mul(unit(s, -1), s.y),
      ({ b, y, n }) => b.broadcast(b.neg(y), [n, n]),
    ),
  ],
  multiplyByReciprocal: [
    rule(
      "x / 32",
      FLOATS,
      ({ b, x }) => b.div(x, 32),
      ({ b, x }) => b.mul(x, 1 / 32),
    ),
    rule(
      "x / −0.25",
      FLOATS,
      ({ b, x }) => b.div(x, -0.25),
      ({ b, x }) => b.mul(x, -4),
    ),
    rule(
      "x / 2^126",
      FLOATS,
      ({ b, x }) => b.div(x, 2 ** 126),
      ({ b, x }) => b.mul(x, 2 ** -126),
    ),
    rule(
      "x / 2^−126",
      FLOATS,
      ({ b, x }) => b.div(x, 2 ** -126),
      ({ b, x }) => b.mul(x, 2 ** 126),
    ),
    rule(
      "x / 2^1022",
      ["f64"],
      ({ b, x }) => b.div(x, 2 ** 1022),
      ({ b, x }) => b.mul(x, 2 ** -1022),
    ),
  ],
  expandPower: [
    rule(
      "x⁰",
      FLOATS,
      ({ b, x }) => b.pow(x, 0),
      ({ b, n, dtype }) => b.full([n], 1, dtype),
    ),
    rule(
      "x^−0",
      FLOATS,
      ({ b, x }) => b.pow(x, -0),
      ({ b, n, dtype }) => b.full([n], 1, dtype),
    ),
    rule(
      "x²",
      ["f32"],
      ({ b, x }) => b.pow(x, 2),
      ({ b, x }) => b.mul(x, x),
    ),
  ],
  choose: [
    rule(
      "true ? x : y",
      ANY,
      ({ b, x, y }) => b.where(b.scalar(1, "bool"), x, y),
      ({ b, x, n }) => b.broadcast(x, [n, n]),
    ),
    rule(
      "false ? x : y",
      ANY,
      ({ b, x, y }) => b.where(b.scalar(0, "bool"), x, y),
      ({ b, y, n }) => b.broadcast(y, [n, n]),
    ),
    rule(
      "c ? x : x",
      ANY,
      ({ b, c, x }) => b.where(c, x, x),
      ({ x }) => x,
    ),
    rule(
      "not c ? x : y",
      ANY,
      ({ b, c, x, y }) => b.where(b.not(c), x, y),
      ({ b, c, x, y }) => b.where(c, y, x),
    ),
  ],
  dropStopGradient: [
    rule(
      "stopGradient(x)",
      ANY,
      ({ b, x }) => b.stopGradient(x),
      ({ x }) => x,
    ),
  ],
  dropSign: [
    rule(
      "|−x|",
      SIGNED,
      ({ b, x }) => b.abs(b.neg(x)),
      ({ b, x }) => b.abs(x),
    ),
    rule(
      "||x||",
      NUMBERS,
      ({ b, x }) => b.abs(b.abs(x)),
      ({ b, x }) => b.abs(x),
    ),
  ],
  castDirectly: [
    rule(
      "to the dtype that it has",
      ANY,
      ({ emit, x, dtype }) => emit("cast", [x], { dtype }),
      ({ x }) => x,
    ),
    ...ANY.flatMap((middle) =>
      ANY.map((last) =>
        rule(
          `through ${middle} to ${last}`,
          ANY.filter((dtype) => dtype !== middle && middle !== last && isLossless(dtype, middle, last)),
          ({ emit, x }) => emit("cast", [emit("cast", [x], { dtype: middle })], { dtype: last }),
          ({ b, x }) => b.cast(x, last),
        ),
      ),
    ),
  ],
  computeBeforeBroadcast: [
    rule(
      "√ of what is repeated",
      FLOATS,
      ({ b, y, n }) => b.sqrt(b.broadcast(y, [n, n])),
      ({ b, y, n }) => b.broadcast(b.sqrt(y), [n, n]),
    ),
    rule(
      "x + what repeats itself",
      NUMBERS,
      ({ b, x, y, n }) => b.add(x, b.broadcast(y, [n, n])),
      ({ b, x, y }) => b.add(x, y),
    ),
    rule(
      "both repeated",
      NUMBERS,
      ({ b, x, n }) => b.mul(b.broadcast(x, [2, n]), b.broadcast(x, [2, n])),
      ({ b, x, n }) => b.broadcast(b.mul(x, x), [2, n]),
    ),
    rule(
      "a choice",
      ANY,
      ({ b, c, x, y, n }) => b.where(b.broadcast(c, [n, n]), b.broadcast(x, [n, n]), y),
      ({ b, c, x, y }) => b.where(c, x, y),
    ),
    rule(
      "x + a table of one number",
      NUMBERS,
      ({ b, x, n, dtype }) => b.add(x, b.constant(allocate(dtype, n).fill(3), dtype, [n])),
      ({ b, x, dtype }) => b.add(x, b.scalar(3, dtype)),
    ),
    rule(
      "a number with axes",
      ANY,
      ({ b, x, dtype }) => b.eq(x, b.constant(allocate(dtype, 1).fill(1), dtype, [1, 1])),
      ({ b, x, n, dtype }) => b.broadcast(b.eq(x, b.scalar(1, dtype)), [1, n]),
    ),
    rule(
      "a comparison",
      ANY,
      ({ b, x, y, n }) => b.eq(b.broadcast(x, [n, n]), y),
      ({ b, x, y }) => b.eq(x, y),
    ),
  ],

  reshapeOnce: [
    rule(
      "to the shape that it has",
      ANY,
      ({ emit, x, n }) => emit("reshape", [x], { shape: [n] }),
      ({ x }) => x,
    ),
    rule(
      "twice",
      ANY,
      ({ b, y, n }) => b.reshape(b.reshape(y, [1, n]), [n]),
      ({ b, y, n }) => b.reshape(y, [n]),
    ),
    rule(
      "back",
      ANY,
      ({ b, y, n }) => b.reshape(b.reshape(y, [1, n]), [n, 1]),
      ({ y }) => y,
    ),
  ],
  transposeOnce: [
    rule(
      "of axes of size 1",
      ANY,
      ({ b, y }) => b.transpose(y),
      ({ b, y, n }) => b.reshape(y, [1, n]),
    ),
    rule(
      "in place",
      ANY,
      ({ emit, y }) => emit("transpose", [y], { perm: [0, 1] }),
      ({ y }) => y,
    ),
    rule(
      "back",
      ANY,
      ({ b, x, y }) => b.transpose(b.transpose(b.eq(x, y))),
      ({ b, x, y }) => b.eq(x, y),
    ),
    rule(
      "twice",
      ANY,
      ({ b, x, y, n }) => b.transpose(b.transpose(b.broadcast(b.eq(x, y), [2, n, n]), [1, 2, 0]), [1, 0, 2]),
      ({ b, x, y, n }) => b.transpose(b.broadcast(b.eq(x, y), [2, n, n]), [2, 1, 0]),
    ),
  ],
  broadcastOnce: [
    rule(
      "to the shape that it has",
      ANY,
      ({ emit, x, n }) => emit("broadcast", [x], { shape: [n] }),
      ({ x }) => x,
    ),
    rule(
      "of nothing",
      ANY,
      ({ b, x, n }) => b.broadcast(x, [1, 1, n]),
      ({ b, x, n }) => b.reshape(x, [1, 1, n]),
    ),
    rule(
      "twice",
      ANY,
      ({ b, x, n }) => b.broadcast(b.broadcast(x, [2, n]), [3, 2, n]),
      ({ b, x, n }) => b.broadcast(x, [3, 2, n]),
    ),
    rule(
      "after leading axes",
      ANY,
      ({ b, x, n }) => b.broadcast(b.reshape(x, [1, n]), [3, n]),
      ({ b, x, n }) => b.broadcast(x, [3, n]),
    ),
  ],
  repeatInPlace: [
    rule(
      "reshaped",
      ANY,
      ({ b, dtype }) => b.reshape(b.full([2, 3], 1, dtype), [6]),
      ({ b, dtype }) => b.full([6], 1, dtype),
    ),
    rule(
      "transposed",
      ANY,
      ({ b, dtype }) => b.transpose(b.full([2, 3], 1, dtype)),
      ({ b, dtype }) => b.full([3, 2], 1, dtype),
    ),
    rule(
      "cut",
      ANY,
      ({ b, dtype }) => b.slice(b.full([9], 1, dtype), [{ start: 2, step: 3 }]),
      ({ b, dtype }) => b.full([3], 1, dtype),
    ),
    rule(
      "flipped",
      ANY,
      ({ b, dtype }) => b.flip(b.full([2, 3], 1, dtype)),
      ({ b, dtype }) => b.full([2, 3], 1, dtype),
    ),
  ],
  dropWholeSlice: [
    rule(
      "of everything",
      ANY,
      ({ emit, x, n }) => emit("slice", [x], { start: [0], stop: [n], step: [1] }),
      ({ x }) => x,
    ),
    rule(
      "by steps beyond the only element",
      ANY,
      ({ emit, y, n }) => emit("slice", [y], { start: [0, 0], stop: [n, 1], step: [1, 5] }),
      ({ y }) => y,
    ),
  ],
  dropEmptyPad: [
    rule(
      "by nothing",
      ANY,
      ({ emit, x }) => emit("pad", [x], { low: [0], high: [0], interior: [0], value: 1 }),
      ({ x }) => x,
    ),
  ],
  dropSingleConcat: [
    rule(
      "of one",
      ANY,
      ({ b, x }) => b.concat([x]),
      ({ x }) => x,
    ),
  ],
  dropFlip: [
    rule(
      "of axes of size 1",
      ANY,
      ({ b, y }) => b.flip(y, 1),
      ({ y }) => y,
    ),
    rule(
      "of no axes",
      ANY,
      ({ b, x }) => b.flip(x, []),
      ({ x }) => x,
    ),
    rule(
      "back",
      ANY,
      ({ b, x }) => b.flip(b.flip(x)),
      ({ x }) => x,
    ),
  ],
  reduceNothing: [
    rule(
      "a sum of floats",
      FLOATS,
      ({ b, y }) => b.sum(y, { axes: 1 }),
      ({ b, y, n }) => b.add(b.reshape(y, [n]), 0),
    ),
    rule(
      "a sum of whole numbers",
      ["u8", "i32"],
      ({ emit, y }) => emit("sum", [y], { axes: [1], keepDims: true }),
      ({ y }) => y,
    ),
    rule(
      "a product",
      NUMBERS,
      ({ emit, y }) => emit("prod", [y], { axes: [1], keepDims: true }),
      ({ y }) => y,
    ),
    rule(
      "the largest",
      NUMBERS,
      ({ b, y }) => b.max(y, { axes: 1 }),
      ({ b, y, n }) => b.reshape(y, [n]),
    ),
    rule(
      "the smallest, along no axes",
      NUMBERS,
      ({ b, x }) => b.min(x, { axes: [] }),
      ({ x }) => x,
    ),
  ],
};

/** Rewrites by one rule alone, wherever the table allows it. */
function rewriteBy(name: RuleName, output: Value, { builder, b }: Setting): Value {
  const own = rules[name] as Simplification<never>;
  const apply = (value: Value): Value => {
    const listed: readonly Simplification<never>[] = simplifications[value.prim] ?? [];
    return (listed.includes(own) ? own(value as never, b, builder) : undefined) ?? value;
  };
  return rewriteGraph([output], apply)[0]!;
}

function dataOf({ x, y, c, dtype, n }: Setting, output: Value): readonly number[] {
  const values = Object.assign(allocate(dtype, n), edges[dtype]);
  const condition = Uint8Array.from({ length: n }, (_, i) => i % 2);
  const inputs = [x, y, c] as ValueOf<"input">[];
  return [...graphFunction(inputs, [output])([values, values, condition])[0]!];
}

describe.each(Object.keys(cases) as RuleName[])("%s", (name) => {
  test.each(cases[name].filter(({ dtypes }) => dtypes.length > 0))("$title", ({ dtypes, from, to }) => {
    for (const dtype of dtypes) {
      const s = setting(dtype);
      const inputs = [s.x, s.y, s.c] as ValueOf<"input">[];
      const before = from(s);
      const after = rewriteBy(name, before, s);
      verifyGraph({ inputs, outputs: [after] }, infer, name);
      expect(printGraph({ inputs, outputs: [after] })).toBe(printGraph({ inputs, outputs: [to(s)] }));
      expect(dataOf(s, after)).toEqual(dataOf(s, before)); // NaN is NaN, and −0 is not 0
    }
  });

  test("is in the table", () => {
    const listed = Object.values(simplifications) as (readonly Simplification<never>[])[];
    expect(listed.flat()).toContain(rules[name]);
  });
});

describe("what would not be exact is left alone:", () => {
  test.each<[string, readonly DType[], Case["from"]]>([
    ["x + 0, because of −0", FLOATS, ({ b, x }) => b.add(x, 0)],
    ["x − −0", FLOATS, ({ b, x }) => b.sub(x, -0)],
    ["1 / x and 1 − x", FLOATS, ({ b, x }) => b.sub(1, b.div(1, x))],
    ["1ˣ: not the operand, but 1", FLOATS, ({ b, x }) => b.pow(1, x)],
    ["x / 3, x / 0 and x / ∞", FLOATS, ({ b, x }) => b.div(b.div(b.div(x, 3), 0), INF)],
    ["a division by what has no normal reciprocal", ["f32"], ({ b, x }) => b.div(b.div(x, 2 ** 127), 2 ** -149)],
    ["a division by what has no normal reciprocal, in f64", ["f64"], ({ b, x }) => b.div(b.div(x, 2 ** 1023), 5e-324)],
    ["x² in f64, x³, √x as a power", ["f64"], ({ b, x }) => b.pow(b.pow(b.pow(x, 2), 3), 0.5)],
    ["−(x − y), because of x = y", FLOATS, ({ b, x, y }) => b.neg(b.sub(x, y))],
    ["|−x| of u8", ["u8"], ({ emit, x }) => emit("abs", [emit("neg", [x], {})], {})],
    ["x − x, x · 0 and x = x, because of NaN", FLOATS, ({ b, x }) => b.and(b.eq(b.mul(b.sub(x, x), 0), x), b.eq(x, x))],
    ["i32 through f64 to u8, which saturates", ["i32"], ({ b, x }) => b.cast(b.cast(x, "f64"), "u8")],
    ["a cast that loses something", ["f64"], ({ b, x }) => b.cast(b.cast(x, "f32"), "f64")],
    ["i32 through f32", ["i32"], ({ b, x }) => b.cast(b.cast(x, "f32"), "i32")],
    ["a flip along other axes", ANY, ({ b, x, y }) => b.flip(b.flip(b.eq(x, y), 0), 1)],
    ["a reduction of several elements", NUMBERS, ({ b, y }) => b.max(y)],
    ["a reshape that adds an axis behind, repeated", ANY, ({ b, x, n }) => b.broadcast(b.reshape(x, [n, 1]), [n, 2])],
  ])("%s", (_, dtypes, from) => {
    for (const dtype of dtypes) {
      const s = setting(dtype);
      const before = from(s);
      for (const name of Object.keys(rules) as RuleName[]) expect(rewriteBy(name, before, s), name).toBe(before);
    }
  });
});

test("a constant of many elements that are all one number counts as that number, one of NaN and −0 among them does not", () => {
  const s = setting("f32");
  const table = (...data: number[]) => s.b.constant(Float32Array.from(data), "f32", [data.length]);
  const wide = s.b.broadcast(s.y, [s.n, 3]);
  expect(rewriteBy("dropNeutral", s.b.mul(wide, table(1, 1, 1)), s)).toBe(wide);
  expect(rewriteBy("dropNeutral", s.b.add(wide, table(-0, -0, -0)), s)).toBe(wide);
  for (const kept of [s.b.mul(wide, table(1, 1, Number.NaN)), s.b.add(wide, table(-0, -0, 0))]) {
    expect(rewriteBy("dropNeutral", kept, s)).toBe(kept);
  }
});

test("the comparison of these tests notices a rule that is not exact", () => {
  const s = setting("f32");
  expect(dataOf(s, s.x)).not.toEqual(dataOf(s, s.b.add(s.x, 0)));
  expect(dataOf(s, s.b.mul(s.x, 0))).not.toEqual(dataOf(s, s.b.full([s.n], 0)));
});

test("x² has the bits of x · x in f32 for a million numbers", () => {
  const builder = new GraphBuilder(infer);
  const b = new Ops<Value>(builder);
  const bits = Int32Array.from({ length: 2 ** 20 }, (_, i) => Math.imul(i, 0x9e3779b1) + (i >>> 8));
  const x = builder.input({ dtype: "f32", shape: [bits.length] }, "x");
  const [power, product] = graphFunction([x], [b.pow(x, 2), b.mul(x, x)])([new Float32Array(bits.buffer)]);
  expect(power!.findIndex((value, i) => !Object.is(value, product![i]))).toBe(-1);
});
