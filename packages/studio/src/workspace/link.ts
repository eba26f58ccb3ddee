import { isScreenId, type ScreenId, screenIds } from "../app/routes.ts";
import { checkSettings } from "./check-settings.ts";
import { DRAWING_SIDE, type Example, initialSelection, type Selection, type View } from "./selection.ts";
import { initialSettings, type Settings } from "./settings.ts";

/**
 * @file The workspace in the URL: `#/screen`, then `?s=` and everything that is not as in the beginning, as JSON, deflated, in
 * base64url. It can be sent as a link. Weights and data of one's own do not fit into a link; it says so.
 */

const VERSION = 1;
const MAX_LINK_LENGTH = 20_000;
const MAX_JSON_BYTES = 200_000;
const MAX_VIEW_ENTRIES = 64;
const MAX_VIEW_TEXT = 4000;

/** What a link could not take along. */
export interface LeftOut {
  /** Steps of training behind the weights. */
  readonly steps: number;
  readonly isOwnModel: boolean;
  readonly isOwnData: boolean;
  readonly isEdited: boolean;
}

export interface LinkState {
  readonly screen: ScreenId;
  readonly selection: Selection;
  readonly views: Readonly<Partial<Record<ScreenId, View>>>;
  readonly drawing: Uint8Array | null;
  /** `null` if they are as in the beginning. */
  readonly settings: Settings | null;
  /** Whether the model was made from the settings, and is not the built-in one. */
  readonly isMade: boolean;
  readonly data: "digits" | "mnist";
  readonly leftOut: LeftOut;
}

export const nothingLeftOut: LeftOut = { steps: 0, isOwnModel: false, isOwnData: false, isEdited: false };

export const plainLink = (screen: ScreenId): LinkState => ({
  ...{ screen, selection: initialSelection, views: {}, drawing: null },
  ...{ settings: null, isMade: false, data: "digits", leftOut: nothingLeftOut },
});

/** A link that cannot be read: damaged, cut off, or of a newer studio. What can be read of it is in `state`. */
export class LinkError extends Error {
  readonly state: LinkState;

  constructor(state: LinkState) {
    super("the link cannot be read");
    this.state = state;
  }
}

/** The parts that differ from the defaults; `undefined` if none do. */
function differing<T extends object>(value: T, standard: T): Partial<T> | undefined {
  const parts = Object.entries(value).filter(
    ([name, part]) => JSON.stringify(part) !== JSON.stringify(standard[name as keyof T]),
  );
  return parts.length === 0 ? undefined : (Object.fromEntries(parts) as Partial<T>);
}

/** What stands behind the `#`. */
export async function encodeLink(state: LinkState): Promise<string> {
  const { screen, selection, views, drawing, settings, isMade, data, leftOut } = state;
  const parts = {
    select: differing(selection, initialSelection),
    views: Object.keys(views).length === 0 ? undefined : views,
    drawing: drawing === null ? undefined : toBase64(drawing),
    settings: settings === null ? undefined : differing(settings, initialSettings),
    made: isMade ? true : undefined,
    data: data === "digits" ? undefined : data,
    left: differing(leftOut, nothingLeftOut),
  };
  const text = JSON.stringify(parts);
  if (text === "{}") return `/${screen}`;
  const bytes = await pipe(new TextEncoder().encode(JSON.stringify({ v: VERSION, ...parts })), "deflate");
  return `/${screen}?s=${toBase64(bytes)}`;
}

/** @throws LinkError if it cannot be read */
export async function decodeLink(hash: string): Promise<LinkState> {
  const [path = "", query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const isKnown = isScreenId(path);
  const plain = plainLink(isKnown ? path : screenIds[0]);
  const packed = new URLSearchParams(query).get("s");
  if (packed === null) {
    if (isKnown || path === "") return plain;
    throw new LinkError(plain);
  }
  const fields = await unpack(packed).catch(() => undefined);
  if (fields === undefined || fields.v !== VERSION) throw new LinkError(plain);
  const { select, views, drawing, settings, made, data, left } = fields;
  return {
    ...plain,
    selection: selectionOf(select),
    views: viewsOf(views),
    drawing: drawingOf(drawing),
    settings: settings === undefined ? null : checkSettings(settings),
    isMade: made === true,
    data: data === "mnist" ? "mnist" : "digits",
    leftOut: leftOutOf(left),
  };
}

async function unpack(packed: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (packed.length > MAX_LINK_LENGTH) return undefined;
  const value: unknown = JSON.parse(new TextDecoder().decode(await pipe(fromBase64(packed), "inflate")));
  return isFields(value) ? value : undefined;
}

const isFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isIndex = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

function selectionOf(value: unknown): Selection {
  if (!isFields(value)) return initialSelection;
  const { layer, unit, example, classIndex, versus, step } = value;
  const index = (x: unknown): number | null => (isIndex(x) ? x : null);
  return {
    layer: typeof layer === "string" && layer.length < 200 ? layer : null,
    unit: isIndex(unit) ? unit : 0,
    example: exampleOf(example),
    ...{ classIndex: index(classIndex), versus: index(versus), step: index(step) },
  };
}

function exampleOf(value: unknown): Example {
  if (isFields(value)) {
    if (value.from === "drawing") return { from: "drawing" };
    const { from, index } = value;
    if ((from === "validation" || from === "training") && isIndex(index)) return { from, index };
  }
  return initialSelection.example;
}

function viewsOf(value: unknown): LinkState["views"] {
  if (!isFields(value)) return {};
  const views: Partial<Record<ScreenId, View>> = {};
  for (const screen of screenIds) {
    const view = value[screen];
    if (!isFields(view)) continue;
    const entries = Object.entries(view).slice(0, MAX_VIEW_ENTRIES);
    views[screen] = Object.fromEntries(entries.filter(([, part]) => isPlain(part))) as View;
  }
  return views;
}

const isPlain = (part: unknown): boolean =>
  part === null ||
  typeof part === "boolean" ||
  (typeof part === "number" && Number.isFinite(part)) ||
  (typeof part === "string" && part.length <= MAX_VIEW_TEXT);

function drawingOf(value: unknown): Uint8Array | null {
  if (typeof value !== "string" || value.length > 2000) return null;
  try {
    const pixels = fromBase64(value);
    return pixels.length === DRAWING_SIDE ** 2 ? pixels : null;
  } catch {
    return null;
  }
}

function leftOutOf(value: unknown): LeftOut {
  if (!isFields(value)) return nothingLeftOut;
  const { steps, isOwnModel, isOwnData, isEdited } = value;
  return {
    steps: isIndex(steps) ? steps : 0,
    ...{ isOwnModel: isOwnModel === true, isOwnData: isOwnData === true, isEdited: isEdited === true },
  };
}

async function pipe(bytes: Uint8Array<ArrayBuffer>, way: "deflate" | "inflate"): Promise<Uint8Array<ArrayBuffer>> {
  const stream = way === "deflate" ? new CompressionStream("deflate-raw") : new DecompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MAX_JSON_BYTES) throw new RangeError("more than a link may hold");
      parts.push(value);
    }
  } finally {
    await written.catch(() => undefined); // what is wrong with the bytes has shown at the reader
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws DOMException if it is no base64url */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}
