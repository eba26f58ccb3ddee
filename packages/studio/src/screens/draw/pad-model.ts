import type { ExampleParams } from "../../worker/example.ts";
import type { Example } from "../../workspace/selection.ts";
import { Store } from "../../workspace/store.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { Ink, PEN } from "./ink.ts";
import { binarised, inkBounds, isBlank, type Normalised, normalise, shrunk } from "./normalise.ts";

/** How a drawing becomes what the network is given. */
export interface Manner {
  readonly isNormalised: boolean;
  readonly encoding: "intensity" | "binary";
}

/** A row of the data that lies on the pad. */
export type Row = Extract<Example, { readonly index: number }>;

export interface PadState {
  readonly version: number;
  /** The row that the pad shows, as long as nobody has drawn on it. */
  readonly row: Row | null;
  /** How the drawing was normalised; `null` if it was not. */
  readonly normalised: Normalised | null;
  /** Whether there is too little ink to be a digit. */
  readonly emptiness: "blank" | "dot" | null;
}

/**
 * The workspace hears of a stroke that is under way at most so often, and after the network: other parts of the page are drawn again
 * each time.
 */
const TELL_MS = 120;

/**
 * The pad: its ink, and what becomes of it. The workspace gets 784 bytes, as data hold them, so every screen sees the same drawing.
 * `onPixels` hears of every change at once.
 */
export class PadModel {
  readonly ink = new Ink();
  readonly state = new Store<PadState>({ version: 0, row: null, normalised: null, emptiness: "blank" });
  readonly #workspace: Workspace;
  #drawing: Uint8Array | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnderWay = false;
  onPixels: ((example: ExampleParams | null) => void) | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Whether the pen is down: the workspace is behind. */
  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** The drawing that this pad gave last. */
  get drawing(): Uint8Array | null {
    return this.#drawing;
  }

  #note(part: Partial<PadState>): void {
    this.state.update((state) => ({ ...state, ...part, version: this.ink.version }));
  }

  /** Shows a row of the data. */
  showRow(row: Row, pixels: ArrayLike<number>): void {
    this.ink.show(pixels);
    this.#note({ row, normalised: null, emptiness: null });
  }

  /** Shows a drawing that came from elsewhere, such as a link. */
  showDrawing(pixels: Uint8Array | null): void {
    if (pixels === null) this.ink.clear();
    else this.ink.show(pixels);
    this.#drawing = pixels;
    this.#note({ row: null, normalised: null, emptiness: pixels === null ? "blank" : null });
  }

  /** Ink has changed, or how it is to be seen: the drawing is made anew. */
  redraw(manner: Manner, { isRow = false, isUnderWay = false } = {}): void {
    const { ink } = this;
    this.#isUnderWay = isUnderWay;
    const row = isRow ? this.state.get().row : null;
    const bounds = inkBounds(ink);
    const isDot = bounds !== null && Math.max(bounds.width, bounds.height) < 2 * PEN;
    const found = manner.isNormalised && row === null && !isDot ? normalise(ink) : null;
    let pixels: Uint8Array | null = found?.pixels ?? shrunk(ink);
    if (bounds === null || isDot || isBlank(pixels)) pixels = null;
    if (pixels !== null && manner.encoding === "binary") pixels = binarised(pixels);
    this.#drawing = pixels;
    this.onPixels?.(pixels === null ? null : { from: "drawing", pixels }); // first: the worker works while the page draws
    this.#note({ row, normalised: found, emptiness: bounds === null ? "blank" : pixels === null ? "dot" : null });
    if (isUnderWay) this.#timer ??= setTimeout(() => this.#tell(), TELL_MS);
    else this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#workspace.draw(this.#drawing);
    this.#workspace.select({ example: { from: "drawing" } });
  }
}

const pads = new WeakMap<Workspace, PadModel>();

/** The pad of a workspace: its strokes are still there when the screen is opened again. */
export function padOf(workspace: Workspace): PadModel {
  let pad = pads.get(workspace);
  if (pad === undefined) {
    pad = new PadModel(workspace);
    pads.set(workspace, pad);
  }
  return pad;
}
