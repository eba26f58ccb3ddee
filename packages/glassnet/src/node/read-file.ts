import { constants, type Stats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { FormatError, GlassnetError } from "../core/errors.ts";
import { formatBytes } from "../core/format.ts";
import { checkRegular, errorCode, ioError } from "./io-error.ts";

export interface ReadOptions {
  /** Neither the file nor what it unpacks to may be larger. */
  readonly maxBytes?: number;
}

/** 1 GiB. */
export const DEFAULT_MAX_BYTES = 2 ** 30;
const CHUNK = 2 ** 20;
/** A packed file may always unpack to this much, and beyond that to `MAX_RATIO` times its size: honest data do not. */
const FREE_BYTES = 2 ** 28;
const MAX_RATIO = 100;
/** What deflate can do at best. */
const DEFLATE_RATIO = 1032;

/**
 * The bytes of a file, unpacked if it is a gzip file, whatever its name.
 *
 * @throws UsageError "io" if it cannot be read, or is a folder, pipe, socket or device; FormatError "too-large" or "bad-gzip"
 */
export async function readBytes(
  path: string,
  { maxBytes = DEFAULT_MAX_BYTES }: ReadOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return await withFile(path, maxBytes, async (handle, size) => {
    return await ((await isGzip(handle)) ? unpack : readAll)(handle, path, size, maxBytes);
  });
}

/** The bytes of a file as they are. */
export async function readPlainBytes(path: string, maxBytes = DEFAULT_MAX_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  return await withFile(path, maxBytes, async (handle, size) => await readAll(handle, path, size, maxBytes));
}

async function withFile<R>(
  path: string,
  maxBytes: number,
  read: (handle: FileHandle, size: number) => Promise<R>,
): Promise<R> {
  let handle: FileHandle | undefined;
  try {
    // Asked first: to open a pipe waits for its writer, so long that no signal ends the process.
    const found: Stats = await stat(path);
    checkRegular("cannot read", path, found);
    if (found.size > maxBytes) throw tooLarge(path, "larger than", maxBytes);
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)); // absent on Windows
    return await read(handle, found.size);
  } catch (error) {
    if (error instanceof GlassnetError) throw error;
    throw ioError("cannot read", path, error);
  } finally {
    await handle?.close();
  }
}

async function isGzip(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
}

/** Reads on until nothing comes: the size of a file under /proc is 0, and others grow meanwhile. */
async function readAll(
  handle: FileHandle,
  path: string,
  size: number,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const sink = new Sink(size, maxBytes, () => tooLarge(path, "larger than", maxBytes));
  for await (const chunk of chunksOf(handle)) sink.add(chunk);
  return sink.take();
}

/** Each chunk is only good until the next. */
async function* chunksOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  const chunk = new Uint8Array(CHUNK);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** Neither the packed bytes nor the unpacked ones are ever in memory twice, if the file tells its size truly. */
async function unpack(
  handle: FileHandle,
  path: string,
  size: number,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const limit = Math.min(maxBytes, Math.max(FREE_BYTES, MAX_RATIO * size));
  const expected = Math.min(await unpackedSize(handle, size), DEFLATE_RATIO * size);
  const tooMuch = () => {
    if (limit === maxBytes) return tooLarge(path, "unpacks to more than", maxBytes);
    const what = `unpacks to more than ${formatBytes(limit)}, which is more than ${MAX_RATIO} times its size`;
    return new FormatError("too-large", path, what, { details: { maxBytes: limit } });
  };
  const sink = new Sink(expected, limit, tooMuch);
  const packed = handle.createReadStream({ start: 0, highWaterMark: CHUNK, autoClose: false });
  const unzipped = createGunzip({ chunkSize: CHUNK });
  packed.once("error", (error) => unzipped.destroy(error));
  try {
    for await (const chunk of packed.pipe(unzipped) as AsyncIterable<Uint8Array>) sink.add(chunk);
  } catch (error) {
    if (error instanceof GlassnetError || !errorCode(error).startsWith("Z_")) throw error;
    throw badGzip(path, error);
  } finally {
    packed.destroy();
    unzipped.destroy();
  }
  return sink.take();
}

/** What the last four bytes say; it may be a lie, or that of the last part only. */
async function unpackedSize(handle: FileHandle, size: number): Promise<number> {
  const { buffer, bytesRead } = await handle.read(new Uint8Array(4), 0, 4, Math.max(0, size - 4));
  return bytesRead === 4 ? new DataView(buffer.buffer).getUint32(0, true) : 0;
}

/** Gathers bytes whose number is known only roughly. */
class Sink {
  #bytes: Uint8Array<ArrayBuffer>;
  #size = 0;
  readonly #limit: number;
  readonly #tooLarge: () => GlassnetError;

  constructor(expected: number, limit: number, tooLarge: () => GlassnetError) {
    this.#bytes = new Uint8Array(Math.min(expected, limit));
    this.#limit = limit;
    this.#tooLarge = tooLarge;
  }

  add(chunk: Uint8Array): void {
    const size = this.#size + chunk.length;
    if (size > this.#limit) throw this.#tooLarge();
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(this.#limit, Math.max(size, 2 * this.#bytes.length)));
      grown.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = grown;
    }
    this.#bytes.set(chunk, this.#size);
    this.#size = size;
  }

  take(): Uint8Array<ArrayBuffer> {
    return this.#size === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#size);
  }
}

function tooLarge(path: string, what: string, maxBytes: number): GlassnetError {
  return new FormatError("too-large", path, `${what} the limit of ${formatBytes(maxBytes)}`, { details: { maxBytes } });
}

function badGzip(path: string, cause: unknown): GlassnetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FormatError("bad-gzip", path, `not a complete gzip file: ${reason}`, { cause });
}
