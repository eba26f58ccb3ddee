import { randomUUID } from "node:crypto";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../core/errors.ts";
import { errorCode, ioError } from "./io-error.ts";

/**
 * Replaces a file as a whole: whatever happens, a reader finds either the old bytes or the new ones.
 *
 * @throws UsageError "io"; the file that was there is then unchanged
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const target = await checkedTarget(path);
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // the first error says more
    throw ioError("cannot write", path, error);
  }
  await syncFolder(dirname(target));
}

/** Follows links, and refuses what a rename would destroy: a folder, a device, a pipe. */
async function checkedTarget(path: string): Promise<string> {
  try {
    const target = await realpath(path);
    const found = await stat(target);
    if (found.isFile()) return target;
    const what = `cannot write: is ${found.isDirectory() ? "a folder" : "a device or pipe"}, not a file`;
    throw new UsageError("io", path, what, { details: { path } });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (errorCode(error) === "ENOENT") return path;
    throw ioError("cannot write", path, error);
  }
}

/** Makes the rename itself durable. Some systems cannot; the content is safe there all the same. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, "r");
    await handle.sync();
  } catch (error) {
    if (!["EPERM", "EISDIR", "EINVAL", "EACCES", "ENOTSUP"].includes(errorCode(error))) {
      throw ioError("cannot write", folder, error);
    }
  } finally {
    await handle?.close();
  }
}
