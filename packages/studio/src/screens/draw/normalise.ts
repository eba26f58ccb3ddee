/**
 * @file How MNIST's digits were made from scans: cropped, fitted into 20 × 20 with their proportions kept and shades at the edges,
 * then laid into 28 × 28 so that their centre of mass is in the middle.
 *
 * @see LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist: "normalized to fit in a 20x20 pixel box while preserving their aspect
 * ratio … centered in a 28x28 image by computing the center of mass of the pixels".
 */

export const FIELD = 28;
export const FITTED = 20;
/** Where the centre of mass goes: the centre of pixel 14, counted from 0. In the real files it lies there, half a pixel off the middle. */
export const MIDDLE = 14.5;

/** A square picture of ink, 0 (paper) to 255, row by row. */
export interface Raster {
  readonly side: number;
  readonly data: Uint8Array;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The picture that the network is given, and how it came about. */
export interface Normalised {
  /** 28 × 28 bytes. */
  readonly pixels: Uint8Array;
  /** What of the raster has ink, in its pixels. */
  readonly crop: Rect;
  /** Where the crop lies in the 28 × 28: its longer side is 20, if there is room. */
  readonly placed: Rect;
  /** Centre of mass in the raster. */
  readonly centre: { readonly x: number; readonly y: number };
  /** Where the centre of mass lies in the 28 × 28: the middle, unless the digit would stand out. */
  readonly target: { readonly x: number; readonly y: number };
}

/** Ink below this is a smudge of the edge: it does not widen the crop. */
const FAINT = 24;

/** Sums of all ink above and to the left, (side + 1)²: an area is four look-ups. */
function summed({ side, data }: Raster): Float64Array {
  const wide = side + 1;
  const sums = new Float64Array(wide * wide);
  for (let y = 0; y < side; y++) {
    let row = 0;
    for (let x = 0; x < side; x++) {
      row += data[y * side + x]!;
      sums[(y + 1) * wide + x + 1] = sums[y * wide + x + 1]! + row;
    }
  }
  return sums;
}

/** The ink up to a point between pixels. The sums are bilinear within a pixel, so this is exact. */
function inkUpTo(sums: Float64Array, side: number, x: number, y: number): number {
  const [cx, cy] = [Math.max(0, Math.min(side, x)), Math.max(0, Math.min(side, y))];
  const [left, top] = [Math.min(side - 1, Math.floor(cx)), Math.min(side - 1, Math.floor(cy))];
  const [fx, fy] = [cx - left, cy - top];
  const wide = side + 1;
  const at = top * wide + left;
  const upper = sums[at]! * (1 - fx) + sums[at + 1]! * fx;
  const lower = sums[at + wide]! * (1 - fx) + sums[at + wide + 1]! * fx;
  return upper * (1 - fy) + lower * fy;
}

/** 28 × 28 means of ink: pixel (0, 0) begins at `origin` of the raster, and each is `size` of its pixels wide. */
function averaged(raster: Raster, origin: { x: number; y: number }, size: number): Uint8Array {
  const sums = summed(raster);
  const pixels = new Uint8Array(FIELD * FIELD);
  const upTo = (x: number, y: number) => inkUpTo(sums, raster.side, x, y);
  for (let row = 0; row < FIELD; row++) {
    for (let column = 0; column < FIELD; column++) {
      const [left, top] = [origin.x + column * size, origin.y + row * size];
      const [right, bottom] = [left + size, top + size];
      const ink = upTo(right, bottom) - upTo(left, bottom) - upTo(right, top) + upTo(left, top);
      pixels[row * FIELD + column] = Math.round(ink / (size * size));
    }
  }
  return pixels;
}

/** The raster in 28 × 28 as it lies there, without normalisation. */
export const shrunk = (raster: Raster): Uint8Array => averaged(raster, { x: 0, y: 0 }, raster.side / FIELD);

/** What has ink; `null` for a blank raster. */
export function inkBounds({ side, data }: Raster): Rect | null {
  let [left, top, right, bottom] = [side, side, -1, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (data[y * side + x]! < FAINT) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return right < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** MNIST's normalisation of a drawing; `null` if it is blank. */
export function normalise(raster: Raster): Normalised | null {
  const crop = inkBounds(raster);
  if (crop === null) return null;
  const { side, data } = raster;
  let [mass, momentX, momentY] = [0, 0, 0];
  for (let y = crop.y; y < crop.y + crop.height; y++) {
    for (let x = crop.x; x < crop.x + crop.width; x++) {
      const ink = data[y * side + x]!;
      mass += ink;
      momentX += ink * (x + 0.5);
      momentY += ink * (y + 0.5);
    }
  }
  const centre = { x: momentX / mass, y: momentY / mass };
  const size = Math.max(crop.width, crop.height) / FITTED; // raster pixels in one pixel of the 28 × 28
  // The centre of mass in the middle, unless a long stroke would then stand out of the field.
  const origin = {
    x: within(centre.x - MIDDLE * size, crop.x + crop.width - FIELD * size, crop.x),
    y: within(centre.y - MIDDLE * size, crop.y + crop.height - FIELD * size, crop.y),
  };
  return {
    pixels: averaged(raster, origin, size),
    crop,
    placed: {
      x: (crop.x - origin.x) / size,
      y: (crop.y - origin.y) / size,
      width: crop.width / size,
      height: crop.height / size,
    },
    centre,
    target: { x: (centre.x - origin.x) / size, y: (centre.y - origin.y) / size },
  };
}

const within = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** Every pixel black or white, as the article's binary encoding has it. */
export const binarised = (pixels: Uint8Array, threshold = 128): Uint8Array =>
  pixels.map((ink) => (ink >= threshold ? 255 : 0));

/** Whether there is too little ink to be a digit: less than a dot of the pen. */
export function isBlank(pixels: ArrayLike<number>): boolean {
  let ink = 0;
  for (let i = 0; i < pixels.length; i++) ink += pixels[i]!;
  return ink < 255 * 4;
}
