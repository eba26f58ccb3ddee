import type { Stats } from "node:fs";
import { UsageError } from "../core/errors.ts";

const REASONS: { readonly [code: string]: readonly [what: string, help?: string] } = {
  ENOENT: ["no such file or folder"],
  ENOTDIR: ["a part of the path is a file, not a folder"],
  EISDIR: ["is a folder, not a file"],
  EACCES: ["permission denied", "check who may use the file and its folder"],
  EPERM: ["the system does not allow it"],
  EROFS: ["the file system is read-only", "choose another folder"],
  ENOSPC: ["the disk is full", "free some space or choose another folder"],
  EDQUOT: ["the disk quota is used up", "free some space or choose another folder"],
  EFBIG: ["the file would exceed the size limit of this process or file system", "raise the limit (ulimit -f)"],
  ENAMETOOLONG: ["the path is too long"],
  ELOOP: ["too many symbolic links"],
  EMFILE: ["too many open files"],
};

/**
 * What the system refused, as an error for the user.
 *
 * @param doing such as "cannot read"
 */
export function ioError(doing: string, path: string, cause: unknown): UsageError {
  const code = errorCode(cause);
  const [reason, help] = REASONS[code] ?? [cause instanceof Error ? cause.message : String(cause)];
  return new UsageError("io", path, `${doing}: ${reason}`, {
    cause,
    details: { path, code },
    ...(help === undefined ? {} : { help }),
  });
}

/**
 * Refuses what is not a regular file: a pipe may keep one waiting for ever, a device may be endless.
 *
 * @param found what is at the path, links followed
 */
export function checkRegular(doing: string, path: string, found: Stats): void {
  if (found.isFile()) return;
  let what = "a device";
  if (found.isDirectory()) what = "a folder";
  else if (found.isFIFO()) what = "a pipe";
  else if (found.isSocket()) what = "a socket";
  throw new UsageError("io", path, `${doing}: is ${what}, not a file`, { details: { path } });
}

/** Node's code of a system error, such as "ENOENT"; else "". */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
