import { expect, test } from "vitest";
import { clip, padEnd, padStart, widthOf, wrap } from "./width.ts";

test("Chinese characters take two columns, colours and marks none", () => {
  expect(widthOf("abc")).toBe(3);
  expect(widthOf("神经网络")).toBe(8);
  expect(widthOf("（σ）")).toBe(5);
  expect(widthOf("\u001b[1mbold\u001b[22m")).toBe(4);
  expect(widthOf("e\u0301")).toBe(1);
  expect(padEnd("层", 4)).toBe("层  ");
  expect(padStart("\u001b[1mx\u001b[22m", 3)).toBe("  \u001b[1mx\u001b[22m");
});

test("what does not fit is cut, without half a colour", () => {
  expect(clip("abcdef", 6)).toBe("abcdef");
  expect(clip("abcdef", 4)).toBe("abc…");
  expect(clip("神经网络", 6)).toBe("神经…");
  expect(clip("\u001b[1mabcdef\u001b[22m", 4)).toBe("abc…");
});

test("lines break between words, and in Chinese anywhere but before punctuation", () => {
  expect(wrap("one two three four", 9)).toBe("one two\nthree\nfour");
  expect(wrap("  indented text", 8, "  ")).toBe("  indented\n  text");
  expect(wrap("训练神经网络。", 12)).toBe("训练神经网\n络。");
  expect(
    wrap("把 784 个输入相加，再加偏置。", 12)
      .split("\n")
      .every((line) => widthOf(line) <= 12),
  ).toBe(true);
  expect(wrap("", 10)).toBe("");
});
