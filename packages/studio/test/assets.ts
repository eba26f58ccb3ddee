import { loadMnist } from "glassnet/node";
import { type DigitPlan, digitFiles } from "../build/digit-files.ts";
import type { Assets } from "../src/worker/source.ts";
import { StudioError } from "../src/worker/trouble.ts";

/** Real digits, few of them, and a model that was trained for a moment: quick to make. */
const smallPlan: DigitPlan = { examples: 600, epochs: 2, rate: 1e-3, trainingEach: 12, validationEach: 6 };

let files: Promise<ReadonlyMap<string, Uint8Array>> | undefined;

/** The files that the studio brings along, in small, without a server. */
export const smallAssets: Assets = async (path) => {
  files ??= loadMnist().then((mnist) => digitFiles(mnist, smallPlan));
  if (path === "served.json") return new TextEncoder().encode(JSON.stringify({ mnist: false, model: null }));
  const bytes = (await files).get(path.replace("digits/", ""));
  if (bytes === undefined) throw new StudioError("not-there", path);
  return bytes.slice();
};
