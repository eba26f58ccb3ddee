/** @file The colours of pictures. The style sheet has the same ones as custom properties; a test holds both together. */

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export interface Palette {
  readonly page: string;
  readonly surface: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  /** Above 0, for a class, forward. */
  readonly positive: string;
  /** Below 0, against a class, backward. */
  readonly negative: string;
  /** What an update changes. */
  readonly update: string;
  /** What is selected. */
  readonly selected: string;
  /** Ends and middle of the diverging scale. */
  readonly diverging: { readonly positive: Rgb; readonly zero: Rgb; readonly negative: Rgb };
}

export const palettes: Readonly<Record<"light" | "dark", Palette>> = {
  light: {
    page: "#f6f7f9",
    surface: "#ffffff",
    line: "#d9dfe6",
    text: "#1b232e",
    muted: "#566272",
    accent: "#1c5c9f",
    positive: "#1a66ad",
    negative: "#b34a08",
    update: "#22744a",
    selected: "#1c5c9f",
    diverging: { positive: [18, 92, 166], zero: [255, 255, 255], negative: [190, 78, 8] },
  },
  dark: {
    page: "#11151a",
    surface: "#191f27",
    line: "#303a46",
    text: "#e4e9f0",
    muted: "#9da9b8",
    accent: "#83b8f2",
    positive: "#74b3f0",
    negative: "#f09a58",
    update: "#6fc394",
    selected: "#83b8f2",
    diverging: { positive: [104, 176, 246], zero: [25, 31, 39], negative: [244, 148, 74] },
  },
};

/** A point of the diverging scale: −1 the negative end, 0 the middle, 1 the positive end; beyond them the ends. */
export function divergingRgb({ diverging }: Palette, x: number): Rgb {
  const { positive, zero, negative } = diverging;
  const t = Math.min(1, Math.abs(x));
  const end = x < 0 ? negative : positive;
  const mix = (i: 0 | 1 | 2): number => Math.round(zero[i] + (end[i] - zero[i]) * t);
  return Number.isNaN(t) ? zero : [mix(0), mix(1), mix(2)];
}

export const css = ([red, green, blue]: Rgb, alpha = 1): string =>
  alpha === 1 ? `rgb(${red} ${green} ${blue})` : `rgb(${red} ${green} ${blue} / ${alpha})`;

/** The greatest magnitude of some numbers, for a scale: 1 if all are 0 or none is finite. */
export function scaleOf(values: ArrayLike<number>): number {
  let greatest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (size > greatest && Number.isFinite(size)) greatest = size;
  }
  return greatest === 0 ? 1 : greatest;
}
