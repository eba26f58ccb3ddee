import { randomUUID } from "node:crypto";
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UsageError } from "../core/errors.ts";
import { checkRegular, errorCode, ioError } from "./io-error.ts";

/** As many as Linux follows. */
const MAX_LINKS = 40;

/**
 * Replaces a file as a whole, and keeps who may use it: whatever happens, a reader finds either the old bytes or the new ones.
 *
 * @throws UsageError "io"; the file that was there is then unchanged
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const { path: target, mode } = await checkedTarget(path);
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", mode === undefined ? 0o666 : 0o600);
    try {
      if (mode !== undefined) await handle.chmod(mode);
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

/** Where to write, and what may be done with the file that is there. */
interface Target {
  readonly path: string;
  readonly mode: number | undefined;
}

/** Follows links, and refuses what a rename would destroy: a folder, a device, a pipe. */
async function checkedTarget(path: string): Promise<Target> {
  try {
    const target = await followed(path);
    const found = await stat(target).catch((error: unknown) => {
      if (errorCode(error) === "ENOENT") return undefined;
      throw error;
    });
    if (found !== undefined) checkRegular("cannot write", path, found);
    return { path: target, mode: found === undefined ? undefined : found.mode & 0o7777 };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw ioError("cannot write", path, error);
  }
}

/** What a chain of links ends at, whether that is there or not. */
async function followed(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links <= MAX_LINKS; links++) {
    try {
      return await realpath(target);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
    try {
      target = resolve(await realpath(dirname(target)), await readlink(target));
    } catch (error) {
      if (errorCode(error) === "ENOENT" || errorCode(error) === "EINVAL") return target; // nothing, or no link, there
      throw error;
    }
  }
  return target;
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
