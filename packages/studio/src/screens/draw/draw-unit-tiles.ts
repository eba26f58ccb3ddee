import type { Box, Brush } from "../../draw/brush.ts";
import { divergingRgb, type Palette, scaleOf } from "../../draw/palette.ts";

/** Weights of a layer as tiles: each unit's incoming weights, laid out as what they read. */
export interface UnitTiles {
  /** Row by row: units × inputs. */
  readonly weights: Float32Array;
  readonly units: number;
  readonly inputs: number;
  /** Columns of one tile: 28 for pixels; for another layer as many as its own grid has. */
  readonly across: number;
}

/** Where tiles stand on a canvas. */
export interface TileGrid {
  readonly columns: number;
  /** Width and height of a tile. */
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
}

const GAP = 3;
/** The bar of the activation below a tile, and the gap above it. */
const BAR = 4;

/** How many columns a grid of so many units has, wherever it is shown: a near-square number that divides well. */
export function acrossOf(inputs: number): number {
  if (inputs === 784) return 28;
  return Math.max(1, Math.min(inputs, 2 ** Math.ceil(Math.log2(Math.max(1, Math.sqrt(inputs))))));
}

export function gridOfTiles(
  { units, inputs, across }: Omit<UnitTiles, "weights">,
  width: number,
  height: number,
): TileGrid {
  const ratio = Math.ceil(inputs / across) / across; // height to width of a tile
  let [columns, tile] = [1, 0];
  for (let some = 1; some <= units; some++) {
    const size = Math.min(
      (width - GAP * (some - 1)) / some,
      (height / Math.ceil(units / some) - GAP - BAR - 2) / ratio,
    );
    if (size > tile) [columns, tile] = [some, size];
  }
  const left = (width - columns * (tile + GAP) + GAP) / 2;
  const boxes = Array.from({ length: units }, (_, unit): Box => {
    const [row, column] = [Math.floor(unit / columns), unit % columns];
    return {
      x: left + column * (tile + GAP),
      y: 3 + row * (tile * ratio + GAP + BAR + 2),
      width: tile,
      height: tile * ratio,
    };
  });
  return { columns, width: tile, height: tile * ratio, boxes };
}

/** The unit whose tile is at a point. */
export function tileAt({ boxes }: TileGrid, x: number, y: number): number | null {
  const found = boxes.findIndex(
    (box) => x >= box.x && x < box.x + box.width + GAP && y >= box.y && y < box.y + box.height + GAP + BAR,
  );
  return found < 0 ? null : found;
}

/** Shades from one end of the diverging scale to its middle. */
const SHADES = 255;

/** The diverging colours of a theme as a table: a hundred thousand weights are coloured at once. */
function shadesOf(palette: Palette): Uint8Array {
  const table = new Uint8Array(3 * (2 * SHADES + 1));
  for (let i = -SHADES; i <= SHADES; i++) table.set(divergingRgb(palette, i / SHADES), 3 * (i + SHADES));
  return table;
}

interface Sheet {
  readonly weights: Float32Array;
  readonly palette: Palette;
  readonly image: CanvasImageSource;
}

/**
 * Draws tiles again and again: the colours of the weights are computed only when weights or theme have changed, so a stroke on the
 * pad costs one small copy per tile.
 */
export class TilePainter {
  #sheet: Sheet | undefined;

  #sheetOf(brush: Brush, { weights, units, inputs, across }: UnitTiles): CanvasImageSource {
    const { palette } = brush;
    if (this.#sheet?.weights === weights && this.#sheet.palette === palette) return this.#sheet.image;
    const rows = Math.ceil(inputs / across);
    const scale = scaleOf(weights);
    const pixels = new Uint8ClampedArray(4 * units * rows * across);
    const shades = shadesOf(palette);
    for (let unit = 0; unit < units; unit++) {
      for (let i = 0; i < rows * across; i++) {
        // Half of the greatest weight has full colour: most weights are far smaller.
        const x = i < inputs ? (2 * weights[unit * inputs + i]!) / scale : 0;
        const shade = 3 * Math.round(SHADES * (1 + Math.max(-1, Math.min(1, x))));
        const at = 4 * (unit * rows * across + i);
        pixels[at] = shades[shade]!;
        pixels[at + 1] = shades[shade + 1]!;
        pixels[at + 2] = shades[shade + 2]!;
        pixels[at + 3] = 255;
      }
    }
    const image = brush.image(pixels, across, units * rows);
    this.#sheet = { weights, palette, image };
    return image;
  }

  /** @param activations of all units, or `null`; tiles of units that say nothing are faint */
  paint(
    brush: Brush,
    tiles: UnitTiles,
    activations: ArrayLike<number> | null,
    marks: { readonly selected: number | null; readonly hover: number | null },
  ): void {
    const { context, palette, width, height } = brush;
    const sheet = this.#sheetOf(brush, tiles);
    const { boxes } = gridOfTiles(tiles, width, height);
    const rows = Math.ceil(tiles.inputs / tiles.across);
    const most = activations === null ? 1 : scaleOf(activations);
    context.imageSmoothingEnabled = false;
    for (const [unit, box] of boxes.entries()) {
      const activation = activations?.[unit] ?? 0;
      context.globalAlpha =
        activations === null ? 0.6 : activation === 0 ? 0.3 : 0.55 + (0.45 * Math.abs(activation)) / most;
      const from = [0, unit * rows, tiles.across, rows] as const;
      context.drawImage(sheet, ...from, box.x, box.y, box.width, box.height);
      context.globalAlpha = 1;
      context.fillStyle = palette.line;
      context.fillRect(box.x, box.y + box.height + 2, box.width, BAR);
      const length = (box.width * Math.abs(activation)) / most;
      context.fillStyle = activation < 0 ? palette.negative : palette.positive;
      context.fillRect(activation < 0 ? box.x + box.width - length : box.x, box.y + box.height + 2, length, BAR);
    }
    for (const [unit, colour] of [
      [marks.hover, palette.muted],
      [marks.selected, palette.selected],
    ] as const) {
      const box = unit === null ? undefined : boxes[unit];
      if (box === undefined) continue;
      context.strokeStyle = colour;
      context.lineWidth = 2.5;
      context.strokeRect(box.x - 1.5, box.y - 1.5, box.width + 3, box.height + BAR + 5);
    }
  }
}
