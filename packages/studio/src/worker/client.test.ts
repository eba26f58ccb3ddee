import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSmallSession } from "../../test/session.ts";
import { Client, type Live, type Port, RequestError } from "./client.ts";
import { Desk } from "./desk.ts";
import type { ToPage, ToWorker } from "./protocol.ts";
import type { Session } from "./session.ts";

/** A worker in this thread: messages are cloned and come later, as between threads. */
class NearbyWorker implements Port {
  onmessage: Port["onmessage"] = null;
  onerror: Port["onerror"] = null;
  readonly sent: ToWorker[] = [];
  readonly transferred: number[] = [];
  session: Session | undefined;
  #desk: Desk | undefined;
  #isEnded = false;

  postMessage(message: ToWorker, transfer: Transferable[]): void {
    const copy = structuredClone(message, { transfer });
    this.sent.push(copy);
    void this.#receive(copy);
  }

  async #receive(message: ToWorker): Promise<void> {
    if (message.type === "open") {
      this.session = await openSmallSession();
      this.#desk = new Desk(this.session, (answer, transfer) => this.#answer(answer, transfer));
      this.#desk.opened();
    } else if (!this.#isEnded) await this.#desk?.receive(message);
  }

  #answer(message: ToPage, transfer: readonly ArrayBuffer[]): void {
    this.transferred.push(transfer.length);
    const copy = structuredClone(message, { transfer: [...transfer] });
    setImmediate(() => {
      if (!this.#isEnded) this.onmessage?.({ data: copy });
    });
  }

  /** Ends without a word. */
  die(): void {
    this.#isEnded = true;
  }

  terminate(): void {
    this.#isEnded = true;
    void this.session?.close();
  }
}

const workers: NearbyWorker[] = [];
let client: Client;
let frames: (() => void)[] = [];

/** Runs what waits for the next frame. */
function frame(): void {
  const due = frames;
  frames = [];
  for (const callback of due) callback();
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    frame();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const pulls = () => workers.at(-1)!.sent.filter((message) => message.type === "pull");

beforeEach(async () => {
  frames = [];
  const open = () => {
    const worker = new NearbyWorker();
    workers.push(worker);
    return worker;
  };
  client = new Client(open, "memory:/", (callback) => void frames.push(callback));
  await until(() => client.known.get().connection === "open");
});
afterEach(async () => {
  vi.useRealTimers();
  client.close();
  for (const worker of workers.splice(0)) await worker.session?.close();
});

test("a client knows model, data and where the training stands without asking", () => {
  const { status, info } = client.known.get();
  expect(info!.model.layers.map(({ outFeatures }) => outFeatures)).toEqual([128, 64, 10]);
  expect(status).toMatchObject({ step: 0, running: null });
});

test("requests are answered in order, and fail with the worker's reason", async () => {
  const answers = await Promise.all([
    client.request("core/predict", { example: { from: "validation", index: 0 } }),
    client.request("core/weights", { layer: "layers.1", units: [0, 1] }),
  ]);
  expect(answers[0].probabilities!.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  expect(answers[1].weights).toHaveLength(2 * 784);
  const failing = client.request("core/weights", { layer: "nowhere" });
  await expect(failing).rejects.toThrow(RequestError);
  await expect(failing).rejects.toMatchObject({ trouble: { code: "not-there" } });
  await expect(client.request("core/nonsense" as "core/rate")).rejects.toMatchObject({
    trouble: { code: "not-there" },
  });
});

test("large answers are handed over, not copied", async () => {
  await client.request("core/weights", { layer: "layers.1" });
  expect(workers[0]!.transferred.at(-1)).toBe(2); // weights and biases
});

test("what is watched is pulled together, once a frame, and only when something has changed", async () => {
  const seen: Live<unknown>[][] = [[], []];
  const example = { from: "validation", index: 1 } as const;
  const prediction = client.watch("core/predict", { example }, (live) => seen[0]!.push(live));
  const weights = client.watch("core/weights", { layer: "layers.5" }, (live) => seen[1]!.push(live));
  await until(() => seen.every((lives) => lives.length === 1));
  expect(pulls()).toHaveLength(1);
  expect(pulls()[0]).toMatchObject({ queries: [{ kind: "core/predict" }, { kind: "core/weights" }] });
  frame();
  await new Promise((resolve) => setTimeout(resolve, 30));
  frame();
  expect(pulls()).toHaveLength(1); // nothing has changed since

  await client.request("core/run", { mode: "step" });
  await until(() => client.known.get().status!.step === 1 && client.known.get().status!.running === null);
  await until(() => seen.every((lives) => lives.at(-1)!.revision === client.known.get().status!.revision));
  const [before, after] = [seen[1]![0]!.data, seen[1]!.at(-1)!.data] as { weights: Float32Array }[];
  expect(after!.weights).not.toEqual(before!.weights);

  const told = seen[0]!.length;
  prediction.set({ example: { from: "validation", index: 2 } });
  await until(() => seen[0]!.length > told);
  prediction.stop();
  weights.stop();
});

test("nothing is pulled without frames, as in a hidden tab, and training goes on", async () => {
  client.watch("core/weights", { layer: "layers.5" }, () => undefined);
  await client.request("core/run", { mode: "run" });
  const { session } = workers[0]!;
  while (session!.teacher.step < 20) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(pulls().length).toBeLessThanOrEqual(1);
  await client.request("core/pause");
  await session!.idle();
});

test("a pause is answered while the training runs, and holds", async () => {
  await client.request("core/run", { mode: "run" });
  await until(() => client.known.get().status!.step > 5);
  await client.request("core/pause");
  await workers[0]!.session!.idle();
  const { step } = workers[0]!.session!.status();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(workers[0]!.session!.status()).toMatchObject({ step, running: null });
});

test("a job tells its progress, lets training go on, and can be cancelled", async () => {
  const told: number[] = [];
  const job = client.job("core/evaluate", { part: "training" }, ({ done }) => told.push(done));
  expect(await job.done).toMatchObject({ loss: expect.any(Number), accuracy: expect.any(Number), step: 0 });
  expect(told).toEqual([120]);

  const cancelled = client.job("core/evaluate", { part: "validation" });
  cancelled.cancel();
  expect(await cancelled.done).toBeNull();
});

test("a worker that breaks fails what was asked, and a new one begins", async () => {
  const pending = client.request("core/predict", { example: { from: "validation", index: 0 } });
  workers[0]!.onerror!({ message: "out of memory" });
  await expect(pending).rejects.toMatchObject({ trouble: { code: "worker-lost", message: "out of memory" } });
  expect(client.known.get()).toMatchObject({ connection: "lost", info: expect.anything() });
  await expect(client.request("core/rate")).rejects.toMatchObject({ trouble: { code: "worker-lost" } });
  client.restart();
  expect(await client.request("core/rate")).toBeGreaterThan(0);
  expect(client.known.get()).toMatchObject({ connection: "open", trouble: undefined });
});

test("a worker that falls silent is given up", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "performance"] });
  client.close();
  client = new Client(
    () => {
      const worker = new NearbyWorker();
      workers.push(worker);
      return worker;
    },
    "memory:/",
    (callback) => void frames.push(callback),
  );
  await until(() => client.known.get().connection === "open");
  workers.at(-1)!.die();
  const pending = client.request("core/rate");
  const failed = expect(pending).rejects.toMatchObject({ trouble: { code: "worker-lost" } });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(client.known.get().connection).toBe("open");
  await vi.advanceTimersByTimeAsync(10_000);
  await failed;
});
