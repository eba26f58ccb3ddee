/** @file The worker: trains, posts each event as it comes, and the model at the end. */
import { crossEntropy, dataset, encodeModel, linear, openDevice, Rng, relu, sequential, train } from "glassnet";

const rng = Rng.seeded(1);
const inputs = rng.uniform([1000, 2], -1, 1);
const isInside = (_, i) => Number(inputs.data[2 * i] ** 2 + inputs.data[2 * i + 1] ** 2 < 0.5);
const targets = { dtype: "u8", shape: [1000], data: Uint8Array.from({ length: 1000 }, isInside) };
const data = dataset({ name: "circle", inputs, targets, classNames: ["outside", "inside"] });

const model = sequential(linear(2, 256, { rng }), relu, linear(256, 256, { rng }), relu, linear(256, 2, { rng }));
const device = await openDevice();
const { backend, threads, notices } = device;
postMessage({ kind: "device", backend, threads, notices: [...notices] });
for await (const event of train(model, data, { loss: crossEntropy, epochs: 20, learningRate: 0.002, device })) {
  postMessage(event);
}
const { classNames } = data;
postMessage({
  kind: "model",
  bytes: encodeModel({ model, inputShape: [2], preprocessing: { kind: "none" }, classNames }),
});
