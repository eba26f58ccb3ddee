import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { paramsOf } from "glassnet";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { main as lookInside } from "./look-inside.ts";
import { main as ownLayer } from "./own-layer.ts";
import { main as ownLoop } from "./own-loop.ts";
import { main as ownLoss } from "./own-loss.ts";

const folder = mkdtempSync(join(tmpdir(), "glassnet-examples-"));
afterAll(() => rmSync(folder, { recursive: true }));

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => lines.push(line));
});

test("a layer of one's own learns, and is the same after saving and loading", async () => {
  const file = join(folder, "own.safetensors");
  const { model, loaded, loss } = await ownLayer({ epochs: 8, file });
  expect(loss).toBeLessThan(0.2);
  const names = [...paramsOf(model).keys()];
  expect(names).toContain("layers.1.gain");
  for (const [path, param] of paramsOf(loaded)) {
    expect(param.value.dataSync()).toEqual(paramsOf(model).get(path)!.value.dataSync());
  }
  expect(lines.at(-1)).toBe(`Loaded again from ${file}: loss ${loss.toFixed(3)} on 1,000 new points.`);
});

test("a loss of one's own is not bent by wild measurements, the mean squared error is", async () => {
  const { huber, "mean squared": squared } = await ownLoss({ epochs: 50 });
  expect(huber!.slope).toBeCloseTo(3, 0);
  expect(huber!.offset).toBeLessThan(-0.7);
  expect(squared!.offset).toBeGreaterThan(1.5);
});

test("a loop of one's own learns the digits, the same each time", async () => {
  const first = await ownLoop({ steps: 200 });
  expect(first.share).toBeGreaterThan(0.8);
  const second = await ownLoop({ steps: 200 });
  expect(second).toMatchObject({ loss: first.loss, share: first.share });
});

test("looking inside shows numbers that add up", async () => {
  const { neuron, why, answer, run } = await lookInside({ examples: 2000 });
  expect(Math.abs(neuron.sum - neuron.z)).toBeLessThanOrEqual(neuron.bound);
  expect(Math.abs(why.sum - why.logit)).toBeLessThanOrEqual(why.bound);
  expect(why.logit).toBe((await run.output.data())[answer]);
  expect(answer).toBe(7);
  expect(lines.some((line) => line.startsWith("It reads 7 (the label is 7)"))).toBe(true);
});
