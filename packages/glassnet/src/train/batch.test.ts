import { expect, test } from "vitest";
import { openKernelDevices } from "../../test/devices.ts";
import { bitsOf, clouds, network, runToEnd } from "../../test/training.ts";
import { openReference } from "../backends/reference/device.ts";
import { holdOut } from "../data/split.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { accuracy } from "../metric/accuracy.ts";
import { train } from "./train.ts";

test.each([["reference", openReference()] as const, ...(await openKernelDevices())])(
  "on %s, a data set whose batches are fed trains to the same bits as one that lies on the device",
  async (_, device) => {
    const { rest: data, held: validation } = holdOut(clouds(73), 20);
    const options = {
      loss: crossEntropy,
      metrics: { accuracy },
      epochs: 3,
      batchSize: 10,
      learningRate: 0.02,
      validation,
    };
    const resident = network({ rate: 0.2 });
    const fed = network({ rate: 0.2 });
    const [first, second] = [
      await runToEnd(train(resident, data, { ...options, device })),
      await runToEnd(train(fed, data, { ...options, device, maxDataBytes: 100 })),
    ];
    expect(bitsOf(fed)).toBe(bitsOf(resident));
    expect(second.events.at(-1)).toMatchObject({ training: (first.events.at(-1) as { training: object }).training });
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
  await runToEnd(train(network(), data, { loss: crossEntropy, epochs: 1, device: watched, maxDataBytes: 100 }));
  expect(written.filter((name) => name.includes("data"))).toEqual([]);
  await runToEnd(train(network(), data, { loss: crossEntropy, epochs: 1, device: watched }));
  expect(written.filter((name) => name.includes("data"))).toHaveLength(2);
});
