import { createReadStream } from "node:fs";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { FormatError, type GlassnetError } from "../core/errors.ts";
import { formatBytes } from "../core/format.ts";
import { errorCode, ioError } from "./io-error.ts";

const unzip = promisify(gunzip);

export interface ReadOptions {
  /** Neither the file nor what it unpacks to may be larger. */
  readonly maxBytes?: number;
}

/**
 * The bytes of a file, unpacked if it is a gzip file, whatever its name.
 *
 * @throws UsageError "io" if it cannot be read; FormatError "too-large" or "bad-gzip"
 */
export async function readBytes(path: string, { maxBytes = 2 ** 30 }: ReadOptions = {}): Promise<Uint8Array> {
  const bytes = await readAll(path, maxBytes);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return plain(await unzip(bytes, { maxOutputLength: maxBytes }));
  } catch (error) {
    if (errorCode(error) === "ERR_BUFFER_TOO_LARGE") throw tooLarge(path, "unpacks to more than", maxBytes);
    throw badGzip(path, error);
  }
}

/** Stops at the limit instead of asking for the size first: pipes and devices have none. */
async function readAll(path: string, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw ioError("cannot read", path, error);
  }
  if (size > maxBytes) throw tooLarge(path, "larger than", maxBytes);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function tooLarge(path: string, what: string, maxBytes: number): GlassnetError {
  return new FormatError("too-large", path, `${what} the limit of ${formatBytes(maxBytes)}`, { details: { maxBytes } });
}

function badGzip(path: string, cause: unknown): GlassnetError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FormatError("bad-gzip", path, `not a complete gzip file: ${reason}`, { cause });
}

/** A Buffer's own `slice` does not copy; the library's code counts on the standard one. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
