import { expect, test } from "vitest";
import { bar, progressBar } from "./bar.ts";
import { digitLines, trimmedRange } from "./draw.ts";
import { paintOf } from "./terminal.ts";
import { widthOf } from "./width.ts";

/** A frame of 4 × 4 pixels at row 10, column 12. */
const frame = Uint8Array.from({ length: 784 }, (_, i) => {
  const [row, column] = [Math.floor(i / 28) - 10, (i % 28) - 12];
  const isInside = row >= 0 && row < 4 && column >= 0 && column < 4;
  return isInside && (row === 0 || row === 3 || column === 0 || column === 3) ? 255 : 0;
});

test("two rows of pixels make one line of half blocks", () => {
  const lines = digitLines(frame, paintOf(false));
  expect(lines).toHaveLength(14);
  expect(lines.slice(5, 7).map((line) => line.slice(12, 16))).toEqual(["█▀▀█", "█▄▄█"]);
  expect(lines.join("").replace(/[█▀▄]/g, "").trim()).toBe("");
});

test("in greys the shapes are the same", () => {
  const plain = digitLines(frame, paintOf(false));
  const grey = digitLines(frame, paintOf(true, true));
  expect(grey.every((line) => widthOf(line) === 28)).toBe(true);
  expect(grey.map((line) => line.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g"), ""))).toEqual(
    plain,
  );
});

test("blank lines around a digit can go, but never more than asked", () => {
  expect(trimmedRange(frame, 2)).toEqual({ first: 5, end: 7 });
  const { first, end } = trimmedRange(frame, 10);
  expect(end - first).toBe(10);
  expect(first).toBeLessThanOrEqual(5);
  expect(trimmedRange(new Uint8Array(784).fill(255), 10)).toEqual({ first: 0, end: 14 });
});

test("bars", () => {
  expect([bar(0, 8), bar(1, 4), bar(0.5, 3), bar(2, 2), bar(-1, 2)]).toEqual(["", "████", "█▌", "██", ""]);
  expect(progressBar(0.5, 4)).toEqual({ done: "━━", rest: "──" });
});
