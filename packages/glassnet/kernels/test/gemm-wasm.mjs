// Times matrix products in WebAssembly against a bare multiply-add loop: node gemm-wasm.mjs FILE.wasm [milliseconds a case]
import { readFileSync } from "node:fs";

const [file, milliseconds = "50"] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(file));
const { memory, heap, multiply, multiplyAdds } = instance.exports;

const print = (line) => process.stdout.write(`${line}\n`);

/** Least time of one call in microseconds. */
function time(call, inner) {
  let best = Number.POSITIVE_INFINITY;
  const until = performance.now() + Number(milliseconds);
  for (let run = 0; run < 5 || performance.now() < until; run++) {
    const start = performance.now();
    call(inner);
    best = Math.min(best, ((performance.now() - start) * 1000) / inner);
  }
  return best;
}

multiplyAdds(1e6, 0.5, 0.5); // reaches the optimising compiler
await new Promise((resolve) => setTimeout(resolve, 200));
const limit = (2 * 4 * 12) / time((inner) => multiplyAdds(inner, 0.5, 0.5), 1e5) / 1000;
print(`bare multiply-adds: ${limit.toFixed(1)} GFLOP/s`);

const cases = [
  [512, 512, 512, "NN"],
  [32, 128, 784, "NT"],
  [128, 784, 32, "TN"],
  [128, 128, 784, "NT"],
  [128, 784, 128, "TN"],
  [128, 512, 784, "NT"],
  [128, 512, 512, "NT"],
  [128, 512, 512, "NN"],
  [512, 512, 128, "TN"],
  [512, 2048, 2048, "NT"],
  [512, 2048, 2048, "NN"],
  [2048, 2048, 512, "TN"],
  [1, 128, 784, "NT"],
  [1, 128, 784, "NN"],
  [1, 10, 128, "NT"],
  [32, 10, 128, "NT"],
  [32, 128, 10, "NN"],
  [10, 128, 32, "TN"],
  [64, 64, 64, "NN"],
  [64, 64, 16, "NT"],
  [128, 10, 512, "NT"],
];
for (const [m, n, k, layout] of cases) {
  const a = Math.ceil((heap() + 64) / 64) * 64;
  const b = a + Math.ceil((m * k) / 16) * 64 + 64;
  const c = b + Math.ceil((k * n) / 16) * 64 + 64;
  const scratch = c + Math.ceil((m * n) / 16) * 64 + 64;
  const missing = scratch + (1 << 20) + 64 - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  const floats = new Float32Array(memory.buffer, a, m * k);
  floats.forEach((_, i) => {
    floats[i] = ((i * 7919) % 2001) / 1000 - 1;
  });
  const others = new Float32Array(memory.buffer, b, k * n);
  others.forEach((_, i) => {
    others[i] = ((i * 104729) % 2001) / 1000 - 1;
  });
  const transposed = [layout[0] === "T" ? 1 : 0, layout[1] === "T" ? 1 : 0];
  const flops = 2 * m * n * k;
  const best = time(
    (inner) => multiply(m, n, k, ...transposed, a, b, c, scratch, inner),
    Math.max(1, Math.ceil(2e6 / flops)),
  );
  const speed = flops / best / 1000;
  print(
    `${[m, n, k].map((x) => String(x).padStart(4)).join("x")} ${layout} ${best.toFixed(2).padStart(10)} us ${speed.toFixed(1).padStart(6)} GFLOP/s ${((100 * speed) / limit).toFixed(0).padStart(4)} %`,
  );
}
