import type { Session } from "../../worker/session.ts";
import type { ProfitLab } from "./lab.ts";
import type { FitName } from "./table.ts";
import { trueProfit } from "./truth.ts";

/** A stretch of one input, by its place among the inputs. */
export interface Axis {
  readonly input: number;
  readonly low: number;
  readonly high: number;
}

export interface SurfaceParams {
  readonly fit: FitName;
  readonly x: Axis;
  readonly y: Axis;
  /** All inputs; those of the two axes do not matter. */
  readonly at: readonly number[];
}

/** Predictions on a grid, from the low to the high end of both axes, ends included; row by row from low y. */
export interface Surface {
  readonly side: number;
  readonly values: Float32Array;
  readonly low: number;
  readonly high: number;
  /** A coarser grid of the same kind: 1 where the data do not know such inputs. */
  readonly outsideSide: number;
  readonly outside: Uint8Array;
  /** Places of the training rows, x and y in turn. */
  readonly rows: Float32Array;
  readonly allRows: number;
}

const SIDE = 65;
const OUTSIDE_SIDE = 33;
/** More points than these only hide each other. */
const MAX_POINTS = 1_500;

const along = ({ low, high }: Axis, i: number, side: number): number => low + ((high - low) * i) / (side - 1);

export async function surfaceOf(session: Session, lab: ProfitLab, { fit, x, y, at }: SurfaceParams): Promise<Surface> {
  const width = at.length;
  const grid = new Float32Array(SIDE * SIDE * width);
  for (let j = 0; j < SIDE; j++) {
    for (let i = 0; i < SIDE; i++) {
      const from = (j * SIDE + i) * width;
      grid.set(at, from);
      grid[from + x.input] = along(x, i, SIDE);
      grid[from + y.input] = along(y, j, SIDE);
    }
  }
  const values = await lab.predict(session, fit, grid);
  const point = Float64Array.from(at);
  const outside = new Uint8Array(OUTSIDE_SIDE ** 2);
  for (let j = 0; j < OUTSIDE_SIDE; j++) {
    for (let i = 0; i < OUTSIDE_SIDE; i++) {
      point[x.input] = along(x, i, OUTSIDE_SIDE);
      point[y.input] = along(y, j, OUTSIDE_SIDE);
      outside[j * OUTSIDE_SIDE + i] = Number(lab.support.at(point).isOutside);
    }
  }
  const { inputs, size } = lab.books.training;
  const shown = Math.min(size, MAX_POINTS);
  const rows = new Float32Array(2 * shown);
  for (let k = 0; k < shown; k++) {
    const from = Math.floor((k * size) / shown) * width;
    rows[2 * k] = inputs.data[from + x.input]!;
    rows[2 * k + 1] = inputs.data[from + y.input]!;
  }
  return {
    ...{ side: SIDE, values, outsideSide: OUTSIDE_SIDE, outside, rows, allRows: size },
    low: values.reduce((least, z) => Math.min(least, z), Number.POSITIVE_INFINITY),
    high: values.reduce((most, z) => Math.max(most, z), Number.NEGATIVE_INFINITY),
  };
}

export interface SliceParams {
  readonly x: Axis;
  readonly at: readonly number[];
}

/** Predictions of both fits along one input, and the truth where there is one. */
export interface Slice {
  readonly x: Float64Array;
  readonly linear: Float32Array;
  readonly curved: Float32Array;
  readonly truth: Float64Array | null;
}

const POINTS = 61;

export async function sliceOf(session: Session, lab: ProfitLab, { x, at }: SliceParams): Promise<Slice> {
  const width = at.length;
  const places = Float64Array.from({ length: POINTS }, (_, i) => along(x, i, POINTS));
  const rows = new Float32Array(POINTS * width);
  for (const [i, place] of places.entries()) {
    rows.set(at, i * width);
    rows[i * width + x.input] = place;
  }
  const truth = lab.books.isCompany
    ? places.map((place) => trueProfit(at.map((value, input) => (input === x.input ? place : value))))
    : null;
  return {
    x: places,
    linear: await lab.predict(session, "linear", rows),
    curved: await lab.predict(session, "curved", rows),
    truth,
  };
}
