/**
 * @file The numbers that all subjects compute with: data and initial weights, as a function of a stream and a position, so
 * that every process and every language makes them itself (`subjects/numbers.py` is the twin).
 */

/** 2^-24: the top 24 bits of a word become a number that f32 holds exactly. */
const STEP = 1 / 16_777_216;

/** 2^32 / golden ratio: keeps the positions of two streams apart. */
const STREAM_STRIDE = 0x9e3779b9;

/**
 * A word of 32 bits that looks random.
 *
 * @see https://nullprogram.com/blog/2018/07/31: the constants of lowbias32, as improved by T. Ettema
 */
function word(stream: number, position: number): number {
  let x = (position + Math.imul(stream, STREAM_STRIDE)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** `size` numbers between `low` and `high`, even in f32 the same everywhere: one multiplication and one addition in f64. */
export function uniform(stream: number, size: number, low: number, high: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = low + (high - low) * ((word(stream, i) >>> 8) * STEP);
  return values;
}

/** `size` whole numbers from 0 to `count` - 1. */
export function integers(stream: number, size: number, count: number): Int32Array<ArrayBuffer> {
  const values = new Int32Array(size);
  for (let i = 0; i < size; i++) values[i] = Math.floor((word(stream, i) >>> 8) * STEP * count);
  return values;
}
