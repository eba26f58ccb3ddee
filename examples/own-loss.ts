/**
 * A loss of your own: Huber's, which is quadratic for small errors and linear for large ones, so that a few wild
 * measurements do not bend the line that is fitted.
 *
 *   npx tsx examples/own-loss.ts
 */
import { fileURLToPath } from "node:url";
import { abs, dataset, type Loss, linear, meanSquaredError, Rng, reduceLosses, sgd, train, where } from "glassnet";

/** e²/2 where |e| ≤ 1, |e| − 1/2 elsewhere; its gradient comes from the operations. */
const huber: Loss = (output, targets, options) => {
  const error = output.sub(targets); // [batch, 1]
  const losses = where(abs(error).le(1), error.square().mul(0.5), abs(error).sub(0.5));
  return reduceLosses(losses, options);
};

/** y = 3x − 1 with a little noise; every tenth measurement is 30 too large. */
function measurements(count: number, rng: Rng) {
  const inputs = rng.uniform([count, 1], -1, 1);
  const noise = rng.normal([count, 1], 0, 0.1).data;
  const values = inputs.data.map((x, i) => 3 * x - 1 + noise[i]! + (i % 10 === 0 ? 30 : 0));
  return dataset({ name: "measurements", inputs, targets: { dtype: "f32", shape: [count, 1], data: values } });
}

export async function main({ epochs = 50 } = {}) {
  const data = measurements(500, Rng.seeded(1));
  const fits: Record<string, { slope: number; offset: number }> = {};
  for (const [name, loss] of Object.entries({ huber, "mean squared": meanSquaredError })) {
    const line = linear(1, 1, { rng: Rng.seeded(2) });
    const options = { loss, optimizer: sgd(), learningRate: 0.05, epochs };
    for await (const event of train(line, data, options)) {
      if (event.kind === "end") console.log(`${name}: loss ${event.training?.loss.toFixed(3)}`);
    }
    const [slope, offset] = [await line.weight.value.item(), await line.bias!.value.item()];
    console.log(
      `  y = ${slope.toFixed(2)} x + ${offset.toFixed(2)} (without the wild ones it would be 3.00 x + -1.00)`,
    );
    fits[name] = { slope, offset };
  }
  return fits;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
