import { describe, expect, test } from "vitest";
import { bitsOf, clouds, failureOf, network, runToEnd, WatchedDevice } from "../../test/training.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { runAll, withCleanUp } from "./clean-up.ts";
import { evaluate } from "./evaluate.ts";
import { train } from "./train.ts";

const failing = (text: string) => () => Promise.reject(new Error(text));

test("all clean-ups run, and the first error is told", async () => {
  const done: string[] = [];
  const work = (name: string) => async () => {
    done.push(name);
  };
  const works = [work("a"), failing("first"), work("b"), failing("second"), work("c")];
  expect(await failureOf(() => runAll(works))).toBe("Error: first");
  expect(await failureOf(() => runAll(works, { error: new Error("earlier") }))).toBe("Error: earlier");
  expect(done).toEqual(["a", "b", "c", "a", "b", "c"]);
  await runAll([]);
});

test("a result comes after its clean-ups; an error is never replaced by one of theirs", async () => {
  expect(await withCleanUp(async () => 1, [async () => 2])).toBe(1);
  expect(await failureOf(() => withCleanUp(async () => 1, [failing("clean-up")]))).toBe("Error: clean-up");
  expect(await failureOf(() => withCleanUp(failing("work"), [failing("clean-up")]))).toBe("Error: work");
});

/** A device that breaks for good once it is told to. */
class BreakingDevice extends WatchedDevice {
  isBroken = false;

  override async run(...args: Parameters<WatchedDevice["run"]>): ReturnType<WatchedDevice["run"]> {
    if (this.isBroken) throw new Error("run: the device is gone");
    return super.run(...args);
  }

  override async read(name: string): ReturnType<WatchedDevice["read"]> {
    if (this.isBroken) throw new Error("read: the device is gone");
    return super.read(name);
  }

  override async unload(...args: Parameters<WatchedDevice["unload"]>): Promise<void> {
    await super.unload(...args);
    if (this.isBroken) throw new Error("unload: the device is gone");
  }
}

describe("a device that breaks", () => {
  const options = { loss: crossEntropy, epochs: 3, batchSize: 10 };
  const data = clouds(30);

  test("is told by its own error, not by what cleaning up meets, and everything is given back", async () => {
    const device = new BreakingDevice();
    const failure = await failureOf(() =>
      runToEnd(train(network(), data, { ...options, device }), (event) => {
        if (event.kind === "step") device.isBroken = true;
      }),
    );
    expect(failure).toBe("Error: run: the device is gone");
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
  });

  test("never hides what a listener threw", async () => {
    const device = new BreakingDevice();
    const failure = await failureOf(() =>
      runToEnd(train(network(), data, { ...options, device }), (event) => {
        if (event.kind !== "step") return;
        device.isBroken = true;
        throw new Error("mine");
      }),
    );
    expect(failure).toBe("Error: mine");
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
  });

  test("is told to a listener that leaves early, whose model cannot be brought up to date", async () => {
    const device = new BreakingDevice();
    const leave = async () => {
      for await (const event of train(network(), data, { ...options, device })) {
        if (event.kind !== "step") continue;
        device.isBroken = true;
        break;
      }
    };
    expect(await failureOf(leave)).toBe("Error: read: the device is gone");
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
  });

  test("is told by evaluate", async () => {
    const device = new BreakingDevice();
    device.isBroken = true;
    expect(await failureOf(() => evaluate(network(), data, { loss: crossEntropy, device }))).toBe(
      "Error: run: the device is gone",
    );
    expect([device.states.size, device.programs.size]).toEqual([0, 0]);
  });

  test("at the start leaves the model as it was", async () => {
    const device = new BreakingDevice();
    device.isBroken = true;
    const model = network();
    await failureOf(() => runToEnd(train(model, data, { ...options, device })));
    expect(bitsOf(model)).toBe(bitsOf(network()));
  });
});
