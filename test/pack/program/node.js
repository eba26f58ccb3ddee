import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linear, Rng, sequential } from "glassnet";
import { load, save } from "glassnet/node";
import { circle } from "./circle.js";

const options = JSON.parse(process.argv[2] ?? "{}");
const file = join(mkdtempSync(join(tmpdir(), "glassnet-")), "model.safetensors");
const model = sequential(linear(2, 1, { rng: Rng.seeded(1) }));
await save(file, { model, inputShape: [2], preprocessing: { kind: "none" } });
const { inputShape } = await load(file);
process.stdout.write(JSON.stringify({ node: process.version, inputShape, ...(await circle(options)) }));
