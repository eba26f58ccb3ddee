import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { css, divergingRgb, type Palette, palettes, type Rgb, scaleOf } from "./palette.ts";

const sheet = readFileSync(new URL("../app/theme.css", import.meta.url), "utf8");

/** The custom properties of one theme. */
function properties(theme: "light" | "dark"): Map<string, string> {
  const selector = theme === "light" ? ":root {" : ':root[data-theme="dark"] {';
  const from = sheet.indexOf(selector);
  const block = sheet.slice(from, sheet.indexOf("}", from));
  return new Map([...block.matchAll(/--([\w-]+): (#\w+);/g)].map(([, name, value]) => [name!, value!]));
}

const rgbOf = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as never;

/** Relative luminance. @see WCAG 2.2, definition of relative luminance */
function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
}

/** What people without green cones see of a colour. @see Viénot, Brettel & Mollon 1999, deuteranopia, in linear light */
function deuteranope(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((c) => (c / 255) ** 2.2);
  const seen = [0.29275 * r! + 0.70725 * g!, 0.29275 * r! + 0.70725 * g!, -0.02234 * r! + 0.02234 * g! + b!];
  return seen.map((c) => 255 * Math.max(0, Math.min(1, c)) ** (1 / 2.2)) as never;
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(...a.map((c, i) => c - b[i]!));

test.each(["light", "dark"] as const)("pictures and pages have the same colours in the %s theme", (theme) => {
  const sheetColours = properties(theme);
  const names = [
    "page",
    "surface",
    "line",
    "text",
    "muted",
    "accent",
    "positive",
    "negative",
    "update",
    "selected",
  ] as const;
  for (const name of names satisfies readonly (keyof Palette)[]) {
    expect([name, sheetColours.get(name)]).toEqual([name, palettes[theme][name]]);
  }
});

test.each(["light", "dark"] as const)("words can be read on both grounds of the %s theme", (theme) => {
  const palette = palettes[theme];
  for (const ground of [palette.page, palette.surface]) {
    for (const ink of ["text", "muted", "accent", "positive", "negative", "update"] as const) {
      expect(contrast(rgbOf(palette[ink]), rgbOf(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test.each(["light", "dark"] as const)("the ends of the %s scale are told apart without green cones", (theme) => {
  const { positive, zero, negative } = palettes[theme].diverging;
  for (const see of [(rgb: Rgb) => rgb, deuteranope]) {
    expect(distance(see(positive), see(negative))).toBeGreaterThan(90);
    expect(distance(see(positive), see(zero))).toBeGreaterThan(90);
    expect(distance(see(negative), see(zero))).toBeGreaterThan(90);
  }
});

test("the scale goes from one end over its middle to the other, and stops there", () => {
  const palette = palettes.light;
  const { positive, zero, negative } = palette.diverging;
  expect([-1, 0, 1].map((x) => divergingRgb(palette, x))).toEqual([negative, zero, positive]);
  expect([-9, 9, Number.NaN].map((x) => divergingRgb(palette, x))).toEqual([negative, positive, zero]);
  expect(css([1, 2, 3], 0.5)).toBe("rgb(1 2 3 / 0.5)");
});

test("a scale is the greatest finite magnitude, and 1 where there is none", () => {
  expect(scaleOf([1, -3, 2, Number.NaN, Number.NEGATIVE_INFINITY])).toBe(3);
  expect(scaleOf([0, 0])).toBe(1);
  expect(scaleOf([])).toBe(1);
});
