import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SavedModel } from "glassnet";
import { save } from "glassnet/node";
import { Failure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";
import type { RunFolder } from "./run-folder.ts";

/** Saves a network where it was not asked for, because where it was asked for is impossible. */
async function rescueModel(saved: SavedModel): Promise<string | undefined> {
  try {
    const path = join(await mkdtemp(join(tmpdir(), "glassnet-")), "model.safetensors");
    await save(path, saved);
    return path;
  } catch {
    return undefined; // the caller says that nothing could be saved
  }
}

/** The first line of an error, without the remedy. */
export function reasonOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split("\n")[0]!;
}

/** Saves the network elsewhere if it can, and says where it is now. */
export async function lostSave(
  m: Messages,
  folder: RunFolder,
  saved: SavedModel,
  savedEpoch: number,
  cause: unknown,
): Promise<{ failure: Failure; path: string | undefined }> {
  const rescued = await rescueModel(saved);
  const kept = savedEpoch > 0 ? folder.fileOf("model") : undefined;
  const hint =
    rescued !== undefined
      ? m.train.rescued(rescued)
      : kept !== undefined
        ? m.train.checkpointKept(kept, savedEpoch)
        : m.train.nothingKept;
  const failure = new Failure(m.train.notSaved(folder.path, reasonOf(cause)), hint, cause);
  return { failure, path: rescued ?? kept };
}
