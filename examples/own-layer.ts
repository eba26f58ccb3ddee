/**
 * A layer of your own: a residual block, y = x + gain * tanh(W x + b), trained, saved and loaded again. Run it by
 * `npx tsx examples/own-layer.ts`.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LayerConfig, Run, Tensor } from "glassnet";
import { crossEntropy, dataset, evaluate, Layer, linear, Param, Rng, scalar, sequential, train } from "glassnet";
import { load, save } from "glassnet/node";

/** Fields that hold layers or parameters are found by themselves; their names are the names in the file. */
class Residual<N extends number> extends Layer<N, N> {
  readonly inner;
  readonly gain = new Param(scalar(0)); // the block begins as the identity

  constructor(features: N, rng: Rng) {
    super();
    this.inner = linear(features, features, { rng });
  }

  /** x [batch, features] → [batch, features] */
  protected override forward(x: Tensor, run: Run): Tensor {
    return x.add(this.inner.call(x, run).tanh().mul(this.gain));
  }

  /** From this, and the parameters, the layer can be made again. */
  override config(): LayerConfig {
    return { kind: "residual", features: this.inner.inFeatures };
  }
}

/** Points of the plane; class 1 lies outside of a circle. */
function rings(count: number, rng: Rng) {
  const inputs = rng.normal([count, 2]);
  const isOutside = (_: unknown, i: number) => Number(Math.hypot(...inputs.data.subarray(2 * i, 2 * i + 2)) > 1.2);
  const targets = { dtype: "u8", shape: [count], data: Uint8Array.from({ length: count }, isOutside) } as const;
  return dataset({ name: "rings", inputs, targets, classNames: ["inside", "outside"] });
}

export async function main({ epochs = 20, file = join(tmpdir(), "own-layer.safetensors") } = {}) {
  const rng = Rng.seeded(1);
  const model = sequential(
    linear(2, 16, { rng }),
    new Residual(16, rng),
    new Residual(16, rng),
    linear(16, 2, { rng }),
  );
  for await (const event of train(model, rings(1000, rng), { loss: crossEntropy, epochs, learningRate: 0.01 })) {
    if (event.kind === "epoch") console.log(`epoch ${event.epoch}: loss ${event.batchLoss.toFixed(3)}`);
  }
  await save(file, { model, inputShape: [2], preprocessing: { kind: "none" } });
  const layers = { residual: ({ features }: LayerConfig) => new Residual(features as number, rng) };
  const loaded = (await load(file, { layers })).model;
  const { loss } = await evaluate(loaded, rings(1000, rng), { loss: crossEntropy });
  console.log(`Loaded again from ${file}: loss ${loss.toFixed(3)} on 1,000 new points.`);
  return { model, loaded, loss };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
