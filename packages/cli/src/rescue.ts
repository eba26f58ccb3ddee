import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SavedModel } from "glassnet";
import { save } from "glassnet/node";

/** Saves a network where it was not asked for, because where it was asked for is impossible. */
export async function rescueModel(saved: SavedModel): Promise<string | undefined> {
  try {
    const path = join(await mkdtemp(join(tmpdir(), "glassnet-")), "model.safetensors");
    await save(path, saved);
    return path;
  } catch {
    return undefined; // the caller says that nothing could be saved
  }
}
