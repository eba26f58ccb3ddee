import { FIELD, inkBounds, type Raster } from "./normalise.ts";

/** Pixels of the pad along an edge: ten for each of the network's. */
export const PAD = 280;
/** Width of the pen in pixels of the pad: as wide as the strokes of MNIST after the normalisation. */
export const PEN = 20;
export const ERASER = 34;

/** What is on the pad: ink in 280 × 280 pixels. Strokes are written into it; it knows nothing of the page. */
export class Ink implements Raster {
  readonly side = PAD;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Rises with every change. */
  version = 0;

  constructor(data: Uint8Array<ArrayBuffer> = new Uint8Array(PAD * PAD)) {
    this.data = data;
  }

  get isBlank(): boolean {
    return inkBounds(this) === null;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return this.data.slice();
  }

  restore(data: Uint8Array): void {
    this.data.set(data);
    this.version++;
  }

  clear(): void {
    this.data.fill(0);
    this.version++;
  }

  /** A 28 × 28 picture, each of its pixels as a square: shrinking the pad again gives the same bytes. */
  show(pixels: ArrayLike<number>): void {
    const size = PAD / FIELD;
    for (let y = 0; y < PAD; y++) {
      const row = Math.floor(y / size) * FIELD;
      for (let x = 0; x < PAD; x++) this.data[y * PAD + x] = pixels[row + Math.floor(x / size)]!;
    }
    this.version++;
  }

  /** A straight stroke with round ends, from one point of the pad to another. */
  stroke(from: readonly [number, number], to: readonly [number, number], tool: "pen" | "eraser"): void {
    const radius = (tool === "pen" ? PEN : ERASER) / 2;
    const [x0, y0] = from;
    const [dx, dy] = [to[0] - x0, to[1] - y0];
    const square = dx * dx + dy * dy;
    const [left, right] = [Math.min(x0, to[0]) - radius - 1, Math.max(x0, to[0]) + radius + 1];
    const [top, bottom] = [Math.min(y0, to[1]) - radius - 1, Math.max(y0, to[1]) + radius + 1];
    for (let y = Math.max(0, Math.floor(top)); y < Math.min(PAD, bottom); y++) {
      for (let x = Math.max(0, Math.floor(left)); x < Math.min(PAD, right); x++) {
        const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
        const along = square === 0 ? 0 : Math.max(0, Math.min(1, (px * dx + py * dy) / square));
        const distance = Math.hypot(px - along * dx, py - along * dy);
        const cover = Math.max(0, Math.min(1, radius + 0.5 - distance)); // a soft edge, one pixel wide
        if (cover === 0) continue;
        const at = y * PAD + x;
        const ink = this.data[at]!;
        this.data[at] = tool === "pen" ? Math.max(ink, Math.round(255 * cover)) : Math.round(ink * (1 - cover));
      }
    }
    this.version++;
  }
}
