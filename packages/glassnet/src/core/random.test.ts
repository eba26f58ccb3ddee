import { expect, test } from "vitest";
import { hashPath, Rng, stepKey, threefry2x32 } from "./random.ts";

const hex = (words: ArrayLike<number>) => Array.from(words, (w) => (w >>> 0).toString(16).padStart(8, "0"));

// Random123's tests/kat_vectors: counter, key, expected.
test.each([
  [
    [0, 0],
    [0, 0],
    ["6b200159", "99ba4efe"],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    ["1cb996fc", "bb002be7"],
  ],
  [
    [0x243f6a88, 0x85a308d3],
    [0x13198a2e, 0x03707344],
    ["c4923a9c", "483df7a0"],
  ],
] as const)("Threefry-2x32 gives the published answer for counter %j and key %j", ([c0, c1], [k0, k1], expected) => {
  for (const out of [new Uint32Array(2), new Int32Array(2)]) {
    threefry2x32(k0, k1, c0, c1, out);
    expect(hex(out)).toEqual(expected);
  }
});

test("the streams never change: these bits are part of the library's contract", () => {
  const rng = Rng.seeded(2024);
  const bits = (x: Float32Array | Float64Array) => hex(new Uint32Array(x.buffer));
  expect({
    uniform: bits(rng.uniform([3]).data),
    uniform64: bits(rng.uniform([2], -1, 1, "f64").data),
    normal: bits(rng.normal([4]).data),
    normal64: bits(rng.normal([2], 1, 2, "f64").data),
    integers: [...rng.integers([5], -10, 10).data],
    permutation: [...rng.permutation(8)],
    next: rng.next(),
    child: rng.split(2)[1]!.next(),
    folded: [rng.fold(3).next(), rng.fold("encoder.0").next()],
    step: hex(stepKey(2024, 17)),
    big: hex(stepKey(2 ** 53 - 1, 2 ** 32 - 1)),
  }).toMatchInlineSnapshot(`
    {
      "big": [
        "22dc20e9",
        "9e956507",
      ],
      "child": 0.9454284220316856,
      "folded": [
        0.6075121029713536,
        0.7506578283439198,
      ],
      "integers": [
        -4,
        0,
        -5,
        -4,
        7,
      ],
      "next": 0.654132141658269,
      "normal": [
        "3e87ba04",
        "400a8830",
        "be98854e",
        "be8b0fbd",
      ],
      "normal64": [
        "bf491854",
        "3fe03af3",
        "609f4500",
        "bf7563eb",
      ],
      "permutation": [
        6,
        3,
        1,
        4,
        7,
        5,
        0,
        2,
      ],
      "step": [
        "0268e151",
        "812c91c9",
      ],
      "uniform": [
        "3f2f762b",
        "3ed55608",
        "3f1e0ef4",
      ],
      "uniform64": [
        "55cb5f68",
        "3fd213b8",
        "f8d00ba4",
        "3fec6ba2",
      ],
    }
  `);
});

test("hashPath is FNV-1a over UTF-8", () => {
  expect(["", "a", "foobar"].map((text) => hashPath(text).toString(16))).toEqual(["811c9dc5", "e40c292c", "bf9cf968"]);
  expect(hashPath("層")).not.toBe(hashPath("层"));
});

test("a stream is the same sequence whatever the shapes it is drawn in", () => {
  const whole = Rng.seeded(3).uniform([10]).data;
  const rng = Rng.seeded(3);
  const parts = [1, 2, 3, 4].flatMap((n) => [...rng.uniform([n]).data]);
  expect(parts).toEqual([...whole]);
});

test("deriving a stream in the middle of a block does not disturb the parent", () => {
  const [a, b] = [Rng.seeded(5), Rng.seeded(5)];
  a.uniform([1]);
  b.uniform([1]);
  b.split(3);
  b.fold(1);
  b.fold("x");
  expect([...b.uniform([4]).data]).toEqual([...a.uniform([4]).data]);
});

test("split numbers its children on, fold depends on the key and the data alone", () => {
  const rng = Rng.seeded(9);
  const [a, b] = rng.split(2);
  const [c] = rng.split(1);
  const firsts = [a!, b!, c!, rng.fold(0), rng.fold("0"), Rng.seeded(9)].map((r) => r.next());
  expect(new Set(firsts).size).toBe(firsts.length);
  expect(Rng.seeded(9).split(3)[2]!.next()).toBe(firsts[2]);
  rng.next();
  expect(rng.fold(0).next()).toBe(firsts[3]);
});

test("streams of neighbouring seeds and siblings are uncorrelated", () => {
  const n = 20000;
  const children = Rng.seeded(1).split(2);
  for (const [a, b] of [[Rng.seeded(1), Rng.seeded(2)], children] as [Rng, Rng][]) {
    const x = a.normal([n]).data;
    const y = b.normal([n]).data;
    const dot = x.reduce((sum, v, i) => sum + v * y[i]!, 0) / n;
    expect(Math.abs(dot)).toBeLessThan(4 / Math.sqrt(n));
  }
});

test("uniform numbers fill their range evenly", () => {
  for (const dtype of ["f32", "f64"] as const) {
    const { data } = Rng.seeded(11).uniform([100_000], -2, 3, dtype);
    const sorted = [...data].sort((a, b) => a - b);
    expect(sorted[0]).toBeGreaterThanOrEqual(-2);
    expect(sorted.at(-1)).toBeLessThan(3);
    const distance = Math.max(...sorted.map((x, i) => Math.abs((x + 2) / 5 - i / sorted.length)));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(sorted.length)); // Kolmogorov-Smirnov, 1 %
  }
});

test("integers are unbiased over an awkward range and reach both ends", () => {
  // Without rejection the lower third of 3 * 2^30 values would come up twice as often: half of all draws.
  const big = Rng.seeded(4).integers([60_000], -(2 ** 30), 2 ** 31).data;
  expect(big.filter((x) => x < 0).length / big.length).toBeCloseTo(1 / 3, 2);
  const counts = new Array(7).fill(0);
  for (const x of Rng.seeded(4).integers([70_000], -3, 4).data) counts[x + 3]++;
  const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chi2).toBeLessThan(16.8); // 6 degrees of freedom, 1 %
  expect(
    Rng.seeded(4)
      .integers([100], -(2 ** 31), 2 ** 31)
      .data.some((x) => x < 0),
  ).toBe(true);
});

test("permutations hold every index once and every order equally often", () => {
  expect([...Rng.seeded(1).permutation(0)]).toEqual([]);
  expect([...Rng.seeded(1).permutation(1000)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  const rng = Rng.seeded(6);
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const order = rng.permutation(4).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const chi2 = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
  expect(chi2).toBeLessThan(41.6); // 23 degrees of freedom, 1 %
});

test("arrays carry their type and shape, also when empty or rank 0", () => {
  expect(Rng.seeded(0).normal([0, 3])).toEqual({ dtype: "f32", shape: [0, 3], data: new Float32Array(0) });
  expect(Rng.seeded(0).uniform([], 2, 2, "f64")).toEqual({ dtype: "f64", shape: [], data: Float64Array.of(2) });
});

test("bad arguments are named", () => {
  const messages = [
    () => Rng.seeded(-1),
    () => Rng.seeded(1.5),
    () => Rng.seeded(2 ** 53),
    () => Rng.seeded(Number.NaN),
    () => stepKey(0, -1),
    () => Rng.seeded(0).uniform([2], 1, 0),
    () => Rng.seeded(0).uniform([2], 0, Number.POSITIVE_INFINITY),
    () => Rng.seeded(0).uniform([-2]),
    () => Rng.seeded(0).normal([2], 0, -1),
    () => Rng.seeded(0).normal([2], 0, 1, "i32" as "f32"),
    () => Rng.seeded(0).integers([2], 3, 3),
    () => Rng.seeded(0).permutation(1.5),
    () => Rng.seeded(0).split(-1),
    () => Rng.seeded(0).fold(-1),
  ].map((call) => {
    try {
      call();
      return "no error";
    } catch (error) {
      return String(error);
    }
  });
  expect(messages).toMatchInlineSnapshot(`
    [
      "UsageError: Rng: seed must be a whole number from 0 to 9007199254740991, got -1",
      "UsageError: Rng: seed must be a whole number from 0 to 9007199254740991, got 1.5",
      "UsageError: Rng: seed must be a whole number from 0 to 9007199254740991, got 9007199254740992",
      "UsageError: Rng: seed must be a whole number from 0 to 9007199254740991, got NaN",
      "UsageError: stepKey: step must be a whole number from 0 to 4294967295, got -1",
      "UsageError: Rng.uniform: low must be at most high, both finite, got 1 and 0",
      "UsageError: Rng.uniform: low must be at most high, both finite, got 0 and Infinity",
      "ShapeError: Rng.uniform: a size must be a whole number of at least 0, got -2
      shape: [-2]",
      "UsageError: Rng.normal: mean must be finite and std finite and at least 0, got 0 and -1",
      "DtypeError: Rng.normal: draws "f32" or "f64", got "i32"",
      "UsageError: Rng.integers: high must be a whole number from 4 to 2147483648, got 3",
      "UsageError: Rng.permutation: n must be a whole number from 0 to 2147483647, got 1.5",
      "UsageError: Rng.split: n must be a whole number from 0 to 4294967296, got -1",
      "UsageError: Rng.fold: data must be a whole number from 0 to 4294967295, got -1",
    ]
  `);
});
