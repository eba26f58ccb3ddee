import fc from "fast-check";
import { expect, test } from "vitest";
import type { ArrayData } from "./array.ts";
import { allocate, type DType } from "./dtype.ts";
import { formatBytes, formatCount, formatDuration, formatTensor } from "./format.ts";
import { type Shape, sizeOf } from "./shape.ts";

function array(dtype: DType, shape: Shape, values: (i: number) => number): ArrayData {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = values(i);
  return { dtype, shape, data };
}
const vector = (dtype: DType, ...values: number[]) => array(dtype, [values.length], (i) => values[i]!);

test("columns align at the point and exact numbers stay short", () => {
  const values = [1, 0.25, -3, 1 / 3, 100.5, 0.00001];
  expect(formatTensor(array("f32", [2, 3], (i) => values[i]!))).toMatchInlineSnapshot(`
    "[[  1.    ,   0.25  ,  -3.    ],
     [  0.3333, 100.5   ,   0.0000]]"
  `);
});

test("f32 prints the digits of f32", () => {
  expect(formatTensor(vector("f32", 0.1, 0.3), { precision: 8 })).toMatchInlineSnapshot(`"[0.1, 0.3]"`);
  expect(formatTensor(vector("f32", 1 / 3, Math.PI), { precision: 8 })).toMatchInlineSnapshot(
    `"[0.33333334, 3.1415927 ]"`,
  );
  expect(formatTensor(vector("f64", 0.1, 1 / 3), { precision: 16 })).toMatchInlineSnapshot(
    `"[0.1               , 0.3333333333333333]"`,
  );
});

test("numbers that are all tiny, or huge, take an exponent", () => {
  expect(formatTensor(vector("f32", 1.5e-7, -2e-12, 1.23456789e-5, 0))).toMatchInlineSnapshot(
    `"[   1.5e-07,    -2.e-12, 1.2346e-05,     0.e+00]"`,
  );
  expect(formatTensor(vector("f64", 1e300, 1))).toMatchInlineSnapshot(`"[1.e+300,  1.e+00]"`);
});

test("NaN, infinities and negative zero", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  expect(formatTensor(vector("f32", nan, inf, -inf, -0, 1.5))).toMatchInlineSnapshot(
    `"[ NaN,  inf, -inf, -0. ,  1.5]"`,
  );
  expect(formatTensor(vector("f32", nan, nan))).toMatchInlineSnapshot(`"[NaN, NaN]"`);
});

test("integers align right, bools are words", () => {
  expect(formatTensor(vector("i32", 1, -200, 30))).toMatchInlineSnapshot(`"[   1, -200,   30]"`);
  expect(formatTensor(vector("u8", 0, 255))).toMatchInlineSnapshot(`"[  0, 255]"`);
  expect(formatTensor(vector("bool", 1, 0))).toMatchInlineSnapshot(`"[ true, false]"`);
});

test("scalars and empty arrays", () => {
  expect(formatTensor(array("f32", [], () => 2.5))).toBe("2.5");
  expect(formatTensor(array("i32", [], () => 7))).toBe("7");
  expect(formatTensor(array("f32", [2, 0, 3], () => 0))).toBe("[]");
});

test("higher ranks nest with blank lines between planes", () => {
  expect(formatTensor(array("i32", [2, 2, 3], (i) => i * i))).toMatchInlineSnapshot(`
    "[[[  0,   1,   4],
      [  9,  16,  25]],

     [[ 36,  49,  64],
      [ 81, 100, 121]]]"
  `);
});

test("long rows wrap", () => {
  expect(
    formatTensor(
      array("i32", [2, 12], (i) => i * 1000),
      { width: 40 },
    ),
  ).toMatchInlineSnapshot(`
    "[[    0,  1000,  2000,  3000,  4000,
       5000,  6000,  7000,  8000,  9000,
      10000, 11000],
     [12000, 13000, 14000, 15000, 16000,
      17000, 18000, 19000, 20000, 21000,
      22000, 23000]]"
  `);
});

test("over 1000 elements the middle of long axes is left out", () => {
  expect(formatTensor(array("f32", [100, 3, 100], (i) => i / 8)).length).toBeLessThan(2000);
  expect(formatTensor(array("i32", [1001], (i) => i))).toMatchInlineSnapshot(
    `"[   0,    1,    2, ...,  998,  999, 1000]"`,
  );
  expect(formatTensor(array("i32", [50, 40], (i) => i))).toMatchInlineSnapshot(`
    "[[   0,    1,    2, ...,   37,   38,   39],
     [  40,   41,   42, ...,   77,   78,   79],
     [  80,   81,   82, ...,  117,  118,  119],
     ...,
     [1880, 1881, 1882, ..., 1917, 1918, 1919],
     [1920, 1921, 1922, ..., 1957, 1958, 1959],
     [1960, 1961, 1962, ..., 1997, 1998, 1999]]"
  `);
});

test("with enough digits every f32 reads back as itself", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const text = formatTensor(
        array("f32", [], () => x),
        { precision: 60 },
      );
      expect(Object.is(Math.fround(Number(text)), Math.fround(x))).toBe(true);
    }),
  );
});

test("counts, bytes and durations", () => {
  expect([0, 999, 1000, 101770, 1234567, -12345].map(formatCount)).toMatchInlineSnapshot(`
    [
      "0",
      "999",
      "1,000",
      "101,770",
      "1,234,567",
      "-12,345",
    ]
  `);
  expect([0, 1, 1023, 1024, 1536, 1024 ** 2 - 1, 47_040_016, 3 * 1024 ** 3].map(formatBytes)).toMatchInlineSnapshot(`
    [
      "0 bytes",
      "1 byte",
      "1023 bytes",
      "1.0 KiB",
      "1.5 KiB",
      "1.0 MiB",
      "44.9 MiB",
      "3.0 GiB",
    ]
  `);
  expect([0, 0.1234, 9.99, 12, 999.7, 1500, 59_960, 125_000, 3_725_000].map(formatDuration)).toMatchInlineSnapshot(`
    [
      "0.00 ms",
      "0.12 ms",
      "9.99 ms",
      "12 ms",
      "1.0 s",
      "1.5 s",
      "1 min 00 s",
      "2 min 05 s",
      "1 h 02 min",
    ]
  `);
});
