import {
  accuracy,
  crossEntropy,
  dataset,
  encodeModel,
  linear,
  openDevice,
  Rng,
  relu,
  sequential,
  train,
} from "glassnet";
import { decodeModel, predictor } from "glassnet/inference";

/** Learns which points lie in a circle, goes through a model file, asks about two points, and tells how it was computed. */
export async function circle({ width = 256, ...deviceOptions } = {}) {
  const device = await openDevice(deviceOptions);
  const rng = Rng.seeded(1);
  const inputs = rng.uniform([1000, 2], -1, 1);
  const isInside = (_, i) => Number(inputs.data[2 * i] ** 2 + inputs.data[2 * i + 1] ** 2 < 0.5);
  const targets = { dtype: "u8", shape: [1000], data: Uint8Array.from({ length: 1000 }, isInside) };
  const data = dataset({ name: "circle", inputs, targets, classNames: ["outside", "inside"] });
  // By default so wide that threads share the work.
  const model = sequential(
    linear(2, width, { rng }),
    relu,
    linear(width, width, { rng }),
    relu,
    linear(width, 2, { rng }),
  );
  const options = { device, loss: crossEntropy, metrics: { accuracy }, epochs: 20, learningRate: 0.002 };
  let scores = {};
  for await (const event of train(model, data, options)) if (event.kind === "end") scores = event.training;

  const bytes = encodeModel({ model, inputShape: [2], preprocessing: { kind: "none" }, classNames: data.classNames });
  const ask = await predictor(decodeModel(bytes), { device, probabilities: true });
  const [, centre] = await ask(Float32Array.of(0, 0));
  const [, corner] = await ask(Float32Array.of(0.9, 0.9));
  const { backend, variant, notices } = device;
  return { backend, variant, notices: notices.map(({ message }) => message), ...scores, centre, corner };
}
