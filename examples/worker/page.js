/**
 * @file A page whose worker trains. It shows the events as they come, and asks the trained model itself. Needs a bundler or its
 * development server, and the two headers of `vite.config.js` for threads: `npx vite examples/worker`.
 */
import { decodeModel, predictor } from "glassnet/inference";

const find = (id) => document.getElementById(id);

/** Draws the probability of "inside" over the square from −1 to 1. */
async function draw(bytes) {
  const ask = await predictor(decodeModel(bytes), { probabilities: true });
  const context = find("plane").getContext("2d");
  const { width, height } = context.canvas;
  const image = context.createImageData(width, height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const point = Float32Array.of((2 * column) / (width - 1) - 1, 1 - (2 * row) / (height - 1));
      const [, inside] = await ask(point);
      image.data.set([0, 90, 200, 255 * inside], 4 * (row * width + column));
    }
  }
  context.putImageData(image, 0, 0);
}

function show(event) {
  if (event.kind === "start") find("progress").max = event.epochs * event.stepsPerEpoch;
  if (event.kind === "step") {
    find("progress").value = event.step;
    find("loss").textContent = `loss ${event.losses.at(-1).toFixed(4)}`;
  }
}

/** Resolves when the model is drawn, to what computed it. */
function train() {
  const worker = new Worker(new URL("./training.js", import.meta.url), { type: "module" });
  return new Promise((resolve, reject) => {
    let device;
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = async ({ data }) => {
      if (data.kind === "device") {
        device = data;
        const notes = data.notices.map(({ message }) => ` ${message}.`).join("");
        find("device").textContent = `Computed by ${data.backend} on ${data.threads} threads.${notes}`;
      } else if (data.kind === "model") {
        worker.terminate();
        await draw(data.bytes).then(() => resolve(device), reject);
      } else show(data);
    };
  });
}

globalThis.told = train();
