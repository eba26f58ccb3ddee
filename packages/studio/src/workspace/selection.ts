import type { ScreenId } from "../app/routes.ts";

/** Which example is looked at: one of the data, or what was drawn. */
export type Example =
  | { readonly from: "validation" | "training"; readonly index: number }
  | { readonly from: "drawing" };

/**
 * What is looked at, on every screen at once. `null` leaves the choice to the model: the first hidden layer, the class that is
 * predicted, its strongest rival, the weights of now.
 */
export interface Selection {
  /** Path of a linear layer, such as `layers.0`. */
  readonly layer: string | null;
  /** Counted from 0. */
  readonly unit: number;
  readonly example: Example;
  readonly classIndex: number | null;
  readonly versus: number | null;
  /** Steps done when the weights were those that are shown. */
  readonly step: number | null;
}

export const initialSelection: Selection = {
  layer: null,
  unit: 0,
  example: { from: "validation", index: 0 },
  classIndex: null,
  versus: null,
  step: null,
};

/** What one screen remembers of itself: plain values, in the URL with the rest. */
export type View = Readonly<Record<string, string | number | boolean | null>>;

/** Bytes of a 28 × 28 picture, 0 (paper) to 255 (ink), row by row. */
export const DRAWING_SIDE = 28;

export interface WorkspaceState {
  readonly screen: ScreenId;
  readonly selection: Selection;
  readonly views: Readonly<Partial<Record<ScreenId, View>>>;
  /** The picture drawn last: 784 bytes as the data set stores them. */
  readonly drawing: Uint8Array | null;
  /** Whether the microscope stands open at the right. */
  readonly inspector: boolean;
}
