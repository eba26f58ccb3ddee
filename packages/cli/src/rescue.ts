import { existsSync } from "node:fs";
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SavedModel } from "glassnet";
import { save } from "glassnet/node";
import { Failure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";
import type { RunFolder } from "./run-folder.ts";

/** Saves a network where it was not asked for, because where it was asked for is impossible. */
async function rescueModel(saved: SavedModel): Promise<string | undefined> {
  for (const parent of [process.cwd, tmpdir]) {
    try {
      const path = join(await mkdtemp(join(parent(), "glassnet-")), "model.safetensors");
      await save(path, saved);
      return path;
    } catch {
      // the next place, or none: the caller says that nothing could be saved
    }
  }
  return undefined;
}

/** Makes a folder again that went away during the training. */
async function remake(folder: RunFolder, saved: SavedModel): Promise<string | undefined> {
  if (existsSync(folder.path)) return undefined;
  try {
    await mkdir(folder.path, { recursive: true });
    await folder.saveModel(saved);
    return folder.fileOf("model");
  } catch {
    return undefined; // there are other places
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
  const remade = await remake(folder, saved);
  const rescued = remade ?? (await rescueModel(saved));
  const kept = savedEpoch > 0 && existsSync(folder.fileOf("model")) ? folder.fileOf("model") : undefined;
  const hint =
    remade !== undefined
      ? m.train.folderMadeAgain(remade)
      : rescued !== undefined
        ? m.train.rescued(rescued)
        : kept !== undefined
          ? m.train.checkpointKept(kept, savedEpoch)
          : m.train.nothingKept;
  const failure = new Failure(m.train.notSaved(folder.path, reasonOf(cause)), hint, cause);
  return { failure, path: rescued ?? kept };
}
