/** Every reason for which Glassnet throws. Codes are stable: programs and translations may rely on them. */
export type ErrorCode =
  | "shape-mismatch"
  | "invalid-shape"
  | "invalid-axis"
  | "index-out-of-range"
  | "dtype-mismatch"
  | "invalid-graph"
  | "no-gradient"
  | "not-concrete"
  | "unsupported"
  | "invalid-file"
  | "invalid-data"
  | "invalid-option"
  | "missing-data"
  | "out-of-memory"
  | "thread-lost"
  | "io";

export interface ErrorParts {
  /** What the operation was given, a line each, such as `{ a: "f32[32, 784]" }`. */
  readonly operands?: Readonly<Record<string, string>>;
  /** At most one remedy, only when it is sure. */
  readonly help?: string;
  /** The same facts for programs. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * Base of everything that Glassnet throws on purpose. The message reads
 * `<where>: <what is wrong>`, then the operands, one a line, then a remedy.
 */
export abstract class GlassnetError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  #located = false;

  constructor(code: ErrorCode, where: string, what: string, parts: ErrorParts = {}) {
    const lines = [`${where}: ${what}`];
    for (const [name, text] of Object.entries(parts.operands ?? {})) lines.push(`  ${name}: ${text}`);
    if (parts.help !== undefined) lines.push(`  help: ${parts.help}`);
    super(lines.join("\n"), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.details = parts.details ?? {};
  }

  /** Adds the path of the layer in which it happened, once: the innermost layer knows best. */
  locate(path: string): void {
    if (this.#located || path === "") return;
    this.#located = true;
    this.message += `\n  in ${path}`;
  }
}

/** Shapes, axes or indices that do not fit. */
export class ShapeError extends GlassnetError {
  override readonly name = "ShapeError";
}

/** An element type that the operation does not take. */
export class DtypeError extends GlassnetError {
  override readonly name = "DtypeError";
}

/** A computation that is put together wrongly: a missing input, a value read while tracing, no path for a gradient. */
export class GraphError extends GlassnetError {
  override readonly name = "GraphError";
}

/** Something that a backend or this version cannot do. */
export class UnsupportedError extends GlassnetError {
  override readonly name = "UnsupportedError";
}

/** Memory, threads or something else that the machine does not have. */
export class ResourceError extends GlassnetError {
  override readonly name = "ResourceError";
}

/** A file or byte buffer that is not what its format demands. `reason` is one of the format's closed list. */
export class FormatError extends GlassnetError {
  override readonly name = "FormatError";
  readonly reason: string;

  constructor(reason: string, where: string, what: string, parts: ErrorParts = {}) {
    super("invalid-file", where, what, { ...parts, details: { reason, ...parts.details } });
    this.reason = reason;
  }
}

/** An option, argument, data set or path that cannot be used. */
export class UsageError extends GlassnetError {
  override readonly name = "UsageError";
}

/** Throws for a broken invariant of our own, never for bad input. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`bug in glassnet: ${what}`);
}

/** Lists alternatives the way errors print them: `"sgd", "adam" or "adamW"`. */
export function alternatives(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
