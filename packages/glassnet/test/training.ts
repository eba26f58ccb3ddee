import type { Device, LoadedProgram } from "../src/backends/backend.ts";
import { openReference } from "../src/backends/reference/device.ts";
import { Rng } from "../src/core/random.ts";
import { type Dataset, dataset } from "../src/data/dataset.ts";
import { dropout } from "../src/nn/dropout.ts";
import type { Layer } from "../src/nn/layer.ts";
import { linear } from "../src/nn/linear.ts";
import { sequential } from "../src/nn/sequential.ts";
import { fromArray } from "../src/tensor/create.ts";
import { relu } from "../src/tensor/functions.ts";
import { variablesOf } from "../src/tensor/variable.ts";
import type { EndEvent, EpochEvent, StartEvent, StepEvent, TrainEvent } from "../src/train/events.ts";
import type { Training } from "../src/train/training-events.ts";

/** @file Small trainings for tests: data, models, and a device that can be watched. */

/** Points in three overlapping clouds, with the cloud as their class. */
export function clouds(size: number, seed = 1): Dataset {
  const rng = Rng.seeded(seed);
  const labels = rng.integers([size], 0, 3);
  const points = rng.normal([size, 2]);
  labels.data.forEach((label, i) => {
    points.data[2 * i]! += 2 * Math.sin(2 * label);
    points.data[2 * i + 1]! += 2 * Math.cos(2 * label);
  });
  return dataset({ name: "clouds", inputs: points, targets: labels, classNames: ["a", "b", "c"] });
}

/** 2 → 6 → 3; in f64, or with dropout, if asked for. */
export function network({ seed = 2, dtype = "f32" as "f32" | "f64", rate = 0 } = {}) {
  const rng = Rng.seeded(seed);
  const init = (shape: readonly number[], stream: Rng) => fromArray(stream.uniform(shape, -1, 1, dtype));
  const options = { rng, weightInit: init, biasInit: init };
  return sequential(linear(2, 6, options), relu, dropout(rate), linear(6, 3, options));
}

/** Every variable of a model, as bytes. */
export function bitsOf(model: Layer): string {
  return [...variablesOf(model)]
    .map(([path, { value }]) => `${path} ${Buffer.from(value.dataSync().buffer).toString("base64")}`)
    .join("\n");
}

export interface Log {
  readonly events: readonly TrainEvent[];
  readonly start: StartEvent;
  readonly steps: readonly StepEvent[];
  readonly epochs: readonly EpochEvent[];
  readonly end: EndEvent;
  /** Loss of every step. */
  readonly losses: readonly number[];
}

/** Runs a training to its end and sorts its events. */
export async function runToEnd(training: Training, listen?: (event: TrainEvent) => unknown): Promise<Log> {
  const events: TrainEvent[] = [];
  for await (const event of training) {
    events.push(event);
    await listen?.(event);
  }
  const steps = events.filter((event) => event.kind === "step");
  return {
    events,
    start: events.find((event) => event.kind === "start")!,
    steps,
    epochs: events.filter((event) => event.kind === "epoch"),
    end: events.at(-1) as EndEvent,
    losses: steps.flatMap((event) => [...event.losses]),
  };
}

/** A device, the reference if none is given, as one that only works asynchronously, such as a worker, and that can be watched. */
export class WatchedDevice implements Device {
  readonly backend = "watched";
  readonly variant = "test";
  readonly threads = 1;
  readonly notices: Device["notices"] = [];
  readonly states = new Set<string>();
  readonly programs = new Set<LoadedProgram>();
  /** Steps of each run. */
  readonly runs: number[] = [];
  readonly #inner: Device;
  readonly #msPerRun: number;

  /** @param msPerRun how long each run takes at least; slow runs make training take few steps a call. */
  constructor(msPerRun = 0, inner: Device = openReference()) {
    this.#msPerRun = msPerRun;
    this.#inner = inner;
  }

  async load(program: Parameters<Device["load"]>[0]): Promise<LoadedProgram> {
    const loaded = await this.#inner.load(program);
    this.programs.add(loaded);
    return loaded;
  }

  async run(...[loaded, request]: Parameters<Device["run"]>): ReturnType<Device["run"]> {
    this.runs.push(request.steps);
    const begin = performance.now();
    const result = await this.#inner.run(loaded, request);
    while (performance.now() - begin < this.#msPerRun);
    return result;
  }

  async write(...[name, type, data]: Parameters<Device["write"]>): Promise<void> {
    this.states.add(name);
    await this.#inner.write(name, type, data);
  }

  read(name: string): ReturnType<Device["read"]> {
    return this.#inner.read(name);
  }

  async free(names: readonly string[]): Promise<void> {
    for (const name of names) this.states.delete(name);
    await this.#inner.free(names);
  }

  async unload(loaded: LoadedProgram): Promise<void> {
    this.programs.delete(loaded);
    await this.#inner.unload(loaded);
  }
}

/** The full text of the error that a call ends with, now or later. */
export async function failureOf(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return String(error);
  }
  throw new Error("it did not fail");
}
