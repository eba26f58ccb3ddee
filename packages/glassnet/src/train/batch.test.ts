import { describe, expect, test } from "vitest";
import { openKernelDevices } from "../../test/devices.ts";
import { bitsOf, clouds, network, runToEnd, WatchedDevice } from "../../test/training.ts";
import type { Device } from "../backends/backend.ts";
import { nativeGap, openNativeSync } from "../backends/native/open.ts";
import { openReference } from "../backends/reference/device.ts";
import { openWasm } from "../backends/wasm/open.ts";
import { Rng } from "../core/random.ts";
import { dataset } from "../data/dataset.ts";
import { holdOut } from "../data/split.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { accuracy } from "../metric/accuracy.ts";
import { linear } from "../nn/linear.ts";
import { sequential } from "../nn/sequential.ts";
import { relu } from "../tensor/functions.ts";
import { BatchTable } from "./batch.ts";
import { Residence } from "./residence.ts";
import type { Snapshot } from "./snapshot.ts";
import { train } from "./train.ts";

/** A device whose threads are there, and that has led a run. */
async function threaded(): Promise<Device> {
  const device = await openWasm({ relaxed: false, threads: 2 });
  await runToEnd(train(wideNetwork(), wide, { loss: crossEntropy, epochs: 1, device, ...FED }));
  await device.joined();
  return device;
}

const FED = { maxDataBytes: 100 };

/** So much work that runs are led by another thread, where there is one. */
const wide = dataset({
  name: "wide",
  inputs: Rng.seeded(3).normal([307, 64]),
  targets: Rng.seeded(4).integers([307], 0, 3),
  classNames: ["a", "b", "c"],
});
const wideNetwork = () => {
  const rng = Rng.seeded(5);
  return sequential(linear(64, 96, { rng }), relu, linear(96, 3, { rng }));
};

const devices: readonly (readonly [string, Device])[] = [
  ["reference", openReference()],
  ["a device that only works asynchronously", new WatchedDevice()],
  ...(await openKernelDevices()),
  ["wasm, two threads", await threaded()],
  ...(nativeGap() === undefined
    ? ([1, 2].map((threads) => [`native, threads: ${threads}`, openNativeSync({ threads, adaptive: true })]) as [
        string,
        Device,
      ][])
    : []),
];

describe.each(devices)(
  "on %s, a data set whose batches are fed trains to the same bits as one that lies there",
  (_, device) => {
    test("small, with dropout, validation and metrics", async () => {
      const { rest: data, held: validation } = holdOut(clouds(73), 20);
      const options = {
        ...{ loss: crossEntropy, metrics: { accuracy }, epochs: 3, batchSize: 10, learningRate: 0.02 },
        validation,
      };
      const resident = network({ rate: 0.2 });
      const fed = network({ rate: 0.2 });
      const first = await runToEnd(train(resident, data, { ...options, device }));
      const second = await runToEnd(train(fed, data, { ...options, device, ...FED }));
      expect(bitsOf(fed)).toBe(bitsOf(resident));
      expect(second.losses).toEqual(first.losses);
      expect(second.end).toMatchObject({ training: first.end.training, validation: first.end.validation });
    });

    test.each([
      ["one row", 1, 1],
      ["batches that leave a smaller last one", 50, 4],
      ["batches that leave one row", 102, 3],
      ["batches that divide it", 307, 3],
      ["almost all", 306, 3],
    ])(
      "wide, batches of %s, with steps an event as they come and as they are chosen",
      async (__, batchSize, epochs) => {
        const options = { loss: crossEntropy, epochs, batchSize, device };
        const [resident, fed, chosen] = [wideNetwork(), wideNetwork(), wideNetwork()];
        await runToEnd(train(resident, wide, options));
        await runToEnd(train(fed, wide, { ...options, ...FED }));
        let asked = 0;
        const stepsPerEvent = () => [1, 3, 2, 100, 1][asked++ % 5]!;
        await runToEnd(train(chosen, wide, { ...options, ...FED, stepsPerEvent }));
        expect(bitsOf(fed)).toBe(bitsOf(resident));
        expect(bitsOf(chosen)).toBe(bitsOf(resident));
      },
    );

    test("taken up from a snapshot that was asked for while a step ran, and after a stop", async () => {
      const options = { loss: crossEntropy, epochs: 3, batchSize: 40, device };
      const whole = wideNetwork();
      await runToEnd(train(whole, wide, options));
      const controller = new AbortController();
      const begun = train(wideNetwork(), wide, {
        ...options,
        ...FED,
        signal: controller.signal,
        stepsPerEvent: () => 3,
      });
      await begun.next(); // start
      await begun.next();
      const running = begun.next();
      const asked: Promise<Snapshot> = begun.snapshot(); // waits for the step's end
      expect((await running).value).toMatchObject({ kind: "step" });
      const snapshot = await asked;
      expect(snapshot.step).toBeGreaterThan(0);
      const next = begun.next();
      controller.abort();
      const { value } = await next;
      const { end } = value?.kind === "end" ? { end: value } : await runToEnd(begun);
      expect(end.reason).toBe("stopped");
      const resumed = wideNetwork();
      await runToEnd(train(resumed, wide, { ...options, ...FED, restore: snapshot }));
      expect(bitsOf(resumed)).toBe(bitsOf(whole));
    });

    test("and left early, while a step runs, keeps what was learned and gives the device back", async () => {
      const model = wideNetwork();
      const training = train(model, wide, { loss: crossEntropy, epochs: 50, batchSize: 40, device, ...FED });
      await training.next();
      await training.next();
      const before = bitsOf(model);
      const running = training.next();
      const left = training.return!();
      expect((await running).done).toBe(false);
      expect((await left).done).toBe(true);
      expect(bitsOf(model)).not.toBe(before);
      expect(await training.next()).toEqual({ value: undefined, done: true });
    });

    test("diverges at the same step, for the same reason", async () => {
      const inputs = wide.inputs.data.slice();
      inputs[64 * 200 + 5] = Number.POSITIVE_INFINITY;
      const data = { ...wide, inputs: { ...wide.inputs, data: inputs } };
      const options = { loss: crossEntropy, epochs: 2, batchSize: 30, device, empiricalLoss: "never" as const };
      const [resident, fed] = [wideNetwork(), wideNetwork()];
      const first = await runToEnd(train(resident, data, options));
      const second = await runToEnd(train(fed, data, { ...options, ...FED }));
      expect(first.end.reason).toBe("diverged");
      const { step, value, operation } = first.end.divergence!;
      expect(operation).toBe("the data");
      expect(second.end).toMatchObject({ step: first.end.step, divergence: { step, value, operation } });
      expect(second.losses).toEqual(first.losses);
      expect(bitsOf(fed)).toBe(bitsOf(resident));
    });
  },
);

test("a data set that is fed leaves no copy on the device", async () => {
  const device = openReference();
  const written: string[] = [];
  const watched = {
    ...device,
    write: (...parts: Parameters<typeof device.write>) => {
      written.push(parts[0]);
      return device.write(...parts);
    },
  };
  const data = clouds(40);
  await runToEnd(train(network(), data, { loss: crossEntropy, epochs: 1, device: watched, ...FED }));
  expect(written.filter((name) => name.includes("data"))).toEqual([]);
  await runToEnd(train(network(), data, { loss: crossEntropy, epochs: 1, device: watched }));
  expect(written.filter((name) => name.includes("data"))).toHaveLength(2);
});

describe("the table of a data set that is fed", () => {
  const data = clouds(30);
  const tableOf = (of = data, processors = 2) =>
    new BatchTable(new Residence(openReference(), network(), 1), of, { processors });
  const gather = (table: BatchTable, indices: readonly number[]) => table.ahead(() => Int32Array.from(indices))!();
  const rowsOf = (indices: readonly number[]) => ({
    inputs: Float32Array.from(indices.flatMap((row) => [...data.inputs.data.slice(2 * row, 2 * row + 2)])),
    targets: Int32Array.from(indices, (row) => data.targets.data[row]!),
  });

  test.each([
    ["as guessed", [4, 1, 9], [4, 1, 9]],
    ["fewer than guessed", [4, 1, 9], [4, 1]],
    ["more than guessed", [4, 1], [4, 1, 9, 9, 2]],
    ["others from the middle on", [4, 1, 9, 3], [4, 1, 8, 3]],
    ["wholly others", [4, 1, 9], [5, 6, 7, 8]],
    ["guessed nothing", [], [5, 6]],
  ])("gives what it is asked for: %s", (_, guessed, asked) => {
    const table = tableOf();
    table.rows(Int32Array.of(1, 2, 3), {});
    gather(table, guessed);
    expect(table.rows(Int32Array.from(asked), {})).toEqual(rowsOf(asked));
    expect(table.rows(Int32Array.of(0, 29), {})).toEqual(rowsOf([0, 29]));
  });

  test("leaves the rows of the present run alone while it gathers the next", () => {
    const table = tableOf();
    const present = table.rows(Int32Array.of(1, 2, 3), {});
    gather(table, [7, 8, 9]);
    expect(present).toEqual(rowsOf([1, 2, 3]));
    const next = table.rows(Int32Array.of(7, 8, 9), {});
    gather(table, [4, 5, 6]);
    expect(next).toEqual(rowsOf([7, 8, 9]));
  });

  test("gathers nothing ahead where the device has every processor, and gives what it is asked for", () => {
    const table = tableOf(data, 1);
    expect(table.isAhead).toBe(false);
    expect(table.ahead(() => Int32Array.of(1))).toBeUndefined();
    expect(table.rows(Int32Array.of(7, 8), {})).toEqual(rowsOf([7, 8]));
    expect(table.rows(Int32Array.of(9), {})).toEqual(rowsOf([9]));
  });

  test("gathers what was guessed right but once", () => {
    const changing = clouds(30);
    const table = tableOf(changing);
    gather(table, [3, 4, 5]);
    changing.inputs.data.fill(0);
    const { inputs } = table.rows(Int32Array.of(3, 4, 6), {});
    const known = rowsOf([3, 4]).inputs;
    expect(inputs).toEqual(Float32Array.of(...known, 0, 0));
  });
});
