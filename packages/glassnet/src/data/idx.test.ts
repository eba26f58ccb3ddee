import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { type IdxReason, idxReasons, parseIdx } from "./idx.ts";

/** The bytes of an IDX header: type, sizes, then `rest`. */
function idx(type: number, sizes: readonly number[], rest: readonly number[] = []): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 4 * sizes.length));
  view.setUint8(2, type);
  view.setUint8(3, sizes.length);
  for (const [axis, n] of sizes.entries()) view.setUint32(4 + 4 * axis, n);
  return Uint8Array.of(...new Uint8Array(view.buffer), ...rest);
}

test("all element types are read, big-endian", () => {
  expect(parseIdx("f", idx(8, [2, 2], [0, 1, 128, 255]))).toEqual({
    dtype: "u8",
    shape: [2, 2],
    data: Uint8Array.of(0, 1, 128, 255),
  });
  expect(parseIdx("f", idx(9, [2], [255, 127]))).toMatchObject({ dtype: "i32", data: Int32Array.of(-1, 127) });
  expect(parseIdx("f", idx(11, [2], [255, 254, 1, 0]))).toMatchObject({ dtype: "i32", data: Int32Array.of(-2, 256) });
  expect(parseIdx("f", idx(12, [1], [128, 0, 0, 0]))).toMatchObject({ dtype: "i32", data: Int32Array.of(-(2 ** 31)) });
  expect(parseIdx("f", idx(13, [1], [0x3f, 0xc0, 0, 0]))).toMatchObject({ dtype: "f32", data: Float32Array.of(1.5) });
  const half = [0xbf, 0xe0, 0, 0, 0, 0, 0, 0];
  expect(parseIdx("f", idx(14, [1], half))).toMatchObject({ dtype: "f64", data: Float64Array.of(-0.5) });
});

test("empty arrays and views into larger buffers are read", () => {
  expect(parseIdx("f", idx(8, [0, 28, 28])).shape).toEqual([0, 28, 28]);
  const shifted = Uint8Array.of(9, 9, 9, ...idx(8, [1], [7]), 9).subarray(3, 12);
  expect(parseIdx("f", shifted).data).toEqual(Uint8Array.of(7));
});

const hostile: { readonly [R in IdxReason]: readonly Uint8Array[] } = {
  "too-short": [new Uint8Array(0), Uint8Array.of(0, 0, 8), idx(8, [1, 1, 1]).subarray(0, 12)],
  "wrong-magic": [Uint8Array.of(1, 0, 8, 1, 0, 0, 0, 0), Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0)],
  "unsupported-type": [idx(10, [1], [1])],
  "unsupported-rank": [idx(8, []), idx(8, new Array(9).fill(1), [1])],
  "too-large": [idx(8, [2 ** 31]), idx(8, [2 ** 32 - 1, 2 ** 32 - 1, 0]), idx(14, new Array(8).fill(2 ** 32 - 1))],
  truncated: [idx(8, [3], [1, 2]), idx(14, [2 ** 31 - 1])],
  "trailing-bytes": [idx(8, [1], [1, 2]), idx(8, [0], [0])],
};

test.each(idxReasons)("a file that is wrong by %s is rejected", (reason) => {
  for (const bytes of hostile[reason]) {
    expect(failureOf(bytes)).toMatchObject({ name: "FormatError", code: "invalid-file", reason });
  }
});

test("errors name the file and say what was expected", () => {
  expect(
    Object.values(hostile).flatMap((files) => files.map((bytes) => failureOf(bytes).message)),
  ).toMatchInlineSnapshot(`
    [
      "digits.idx: an IDX file starts with 4 bytes of type and rank, this one has 0",
      "digits.idx: an IDX file starts with 4 bytes of type and rank, this one has 3",
      "digits.idx: the sizes of 3 axes end at byte 16, the file has 12",
      "digits.idx: not an IDX file: expected it to start with 0000, got 0100",
      "digits.idx: not an IDX file: expected it to start with 0000, got 1f8b
      help: this is a gzip file: unpack it first",
      "digits.idx: element type 10 does not exist: expected 8, 9, 11, 12, 13 or 14",
      "digits.idx: expected 1 to 8 axes, got 0",
      "digits.idx: expected 1 to 8 axes, got 9",
      "digits.idx: sizes [2147483648] exceed the limit of 2147483647 elements",
      "digits.idx: sizes [4294967295] exceed the limit of 2147483647 elements",
      "digits.idx: sizes [4294967295] exceed the limit of 2147483647 elements",
      "digits.idx: cut short: the elements of [3] end at byte 11, the file has 10",
      "digits.idx: cut short: the elements of [2147483647] end at byte 17179869184, the file has 8",
      "digits.idx: something follows the array: the elements of [1] end at byte 9, the file has 10",
      "digits.idx: something follows the array: the elements of [0] end at byte 8, the file has 9",
    ]
  `);
});

test("a file cut short anywhere, or with any bit flipped, gives an array or a FormatError", () => {
  const whole = idx(11, [2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  for (let n = 0; n < whole.length; n++) expect(failureOf(whole.subarray(0, n))).toBeInstanceOf(FormatError);
  fc.assert(
    fc.property(fc.nat(whole.length * 8 - 1), (bit) => {
      const flipped = whole.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      try {
        parseIdx("f", flipped);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
  );
});

function failureOf(bytes: Uint8Array): Error {
  try {
    parseIdx("digits.idx", bytes);
  } catch (error) {
    return error as Error;
  }
  throw new Error("was accepted");
}
