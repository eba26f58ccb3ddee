/**
 * Computes much with little: every kind of kernel that rounds, and a training, on the kernels whose bits are the same
 * everywhere. Returns the bits of all results as text.
 */
export async function bits(glassnet) {
  const { accuracy, adamW, compile, conv2d, crossEntropy, dataset, dropout, linear, openDevice, Rng, relu } = glassnet;
  const { fromArray, layerNorm, maxPool, sequential, softmax, softplus, train, variablesOf } = glassnet;
  const { abs, argsort, cos, erf, log, pow, sin, sqrt, tanh } = glassnet;
  const device = await openDevice({ backend: "wasm", threads: 1, reproducible: true });
  const rng = Rng.seeded(5);
  const x = fromArray(rng.normal([4, 3, 9, 9]));
  const kernel = fromArray(rng.normal([5, 3, 3, 3]));
  const compute = compile(
    (image, weights) => {
      const y = conv2d(image, weights, { padding: 1 });
      const row = y.reshape([4, 405]);
      return [
        ...[y, maxPool(y, { kernel: 2 }), row.matmul(row.transpose()), softmax(row), layerNorm(row), softplus(row)],
        ...[sin(row), cos(row), tanh(row), erf(row), log(abs(row)), sqrt(abs(row)), pow(abs(row), 0.3)],
        ...[row.sum(), argsort(row), row.mean({ axes: 0 })],
      ];
    },
    { device },
  );
  const results = await Promise.all((await compute(x, kernel)).map((result) => result.data()));

  const model = sequential(linear(20, 33, { rng }), relu, dropout(0.3), linear(33, 4, { rng }));
  const data = dataset({ name: "noise", inputs: rng.normal([130, 20]), targets: rng.integers([130], 0, 4) });
  const options = { loss: crossEntropy, optimizer: adamW(), metrics: { accuracy }, epochs: 5, batchSize: 48, device };
  for await (const event of train(model, data, options)) if (event.kind === "step") results.push(event.losses);
  for (const { value } of variablesOf(model).values()) results.push(await value.data());
  return { variant: device.variant, bits: results.map(textOf).join(" ") };
}

const textOf = ({ buffer, byteOffset, byteLength }) =>
  Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => byte.toString(16).padStart(2, "0")).join("");
