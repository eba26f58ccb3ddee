import { GraphError, UsageError } from "../core/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import { digestOf } from "../data/digest.ts";
import type { Layer } from "../nn/layer.ts";
import { adamW } from "../optim/adam.ts";
import type { RunResult } from "../program/program.ts";
import { deviceOr } from "../tensor/device.ts";
import { paramsOf } from "../tensor/variable.ts";
import { BatchSchedule, type StepRange } from "./batch-schedule.ts";
import { type Failure, runAll } from "./clean-up.ts";
import {
  type EndEvent,
  type EpochEvent,
  EVENT_VERSION,
  type Scores,
  type StartEvent,
  type StepEvent,
  type TrainEvent,
} from "./events.ts";
import { Measure } from "./measure.ts";
import { meritOf, resolveMonitor } from "./monitor.ts";
import { checkTrainOptions, resolveBatchSize, type TrainOptions, trainOptions } from "./options.ts";
import { Residence } from "./residence.ts";
import { type Best, checkSnapshot, copyArrays, SNAPSHOT_VERSION, type Snapshot } from "./snapshot.ts";
import type { StepParts } from "./step-program.ts";
import { Stepper, type Values } from "./stepper.ts";
import { type Training, TrainingEvents } from "./training-events.ts";

/**
 * @file The training loop: an async generator of events that knows nothing of who watches. Between two events the
 * state of the training is whole and can be taken as a snapshot.
 */

/** What a training has on the device. */
interface Open {
  readonly residence: Residence;
  readonly stepper: Stepper;
  readonly training: Measure;
  readonly validation: Measure | undefined;
}

export class Trainer {
  readonly #options: TrainOptions;
  readonly #parts: StepParts;
  readonly #batchSize: number;
  readonly #epochs: number;
  readonly #seed: number;
  readonly #schedule: BatchSchedule;
  readonly #begin = performance.now();
  #open: Open | undefined;
  #step = 0;
  /** Epochs that were ended: measured, judged and told. */
  #epochsDone = 0;
  #epochLoss = 0;
  #best: Best | undefined;
  /** Weights with which the loss was finite: those of the start, then of each epoch. */
  #lastGood: Values = {};
  /** Whether the training goes on: its state is on the device, and the weights are those of the last step. */
  #isUnderWay = false;
  #digest: string | undefined;
  #phase: "new" | "running" | "ended" | "over" = "new";
  /** Whether the guard held the step that comes next: it was not applied. */
  #hasStopped = false;

  constructor(model: Layer, data: Dataset, options: TrainOptions) {
    const { optimizer = adamW(), loss } = options;
    this.#options = options;
    this.#parts = { model, loss, optimizer, data };
    this.#batchSize = resolveBatchSize(options.batchSize, data.size);
    this.#epochs = options.epochs ?? trainOptions.epochs.default;
    this.#seed = options.seed ?? trainOptions.seed.default;
    this.#schedule = new BatchSchedule(data.size, this.#batchSize, this.#seed);
  }

  get #elapsedMs(): number {
    return performance.now() - this.#begin;
  }

  get #stepsPerEvent(): number {
    const steps = this.#options.stepsPerEvent?.() ?? Number.POSITIVE_INFINITY;
    if (steps >= 1) return Math.floor(steps);
    throw new UsageError("invalid-option", "train", `stepsPerEvent gave ${steps}: expected a number of at least 1`);
  }

  #learningRate(step: number): number {
    const rate = this.#options.learningRate ?? trainOptions.learningRate.default;
    if (typeof rate === "number") return rate;
    const scheduled = rate(step);
    if (Number.isFinite(scheduled) && scheduled >= 0) return scheduled;
    const what = `the schedule gave a learning rate of ${scheduled} at step ${step}`;
    throw new UsageError("invalid-option", "train", what, {
      help: "a schedule must give finite numbers of at least 0",
    });
  }

  /** Traces everything that will be computed, and checks it, before anything is put on the device. */
  async #prepare(): Promise<Open> {
    const { model, data } = this.#parts;
    const { validation, restore } = this.#options;
    const residence = new Residence(await deviceOr(this.#options.device), model, this.#options.maxDataBytes);
    const learningRate = (step: number) => this.#learningRate(step);
    const stepper = new Stepper(this.#parts, residence, { batchSize: this.#batchSize, seed: this.#seed, learningRate });
    const training = new Measure(residence, model, data, this.#options);
    const held = validation && new Measure(residence, model, validation, this.#options);
    training.trace();
    held?.trace();
    if (restore !== undefined) this.#restore(restore, stepper);
    const open = { residence, stepper, training, validation: held };
    this.#open = open; // from here on there is something to give back
    await stepper.load(restore?.slots);
    await training.load();
    await held?.load();
    this.#lastGood = await stepper.read();
    this.#isUnderWay = true;
    this.#phase = "running";
    return open;
  }

  #restore(snapshot: Snapshot, stepper: Stepper): void {
    const { optimizer, data } = this.#parts;
    checkSnapshot(snapshot, {
      seed: this.#seed,
      batchSize: this.#batchSize,
      examples: data.size,
      data: this.#dataDigest(),
      optimizer,
      variables: stepper.variables,
      slots: stepper.slots,
      monitor: resolveMonitor(this.#options.monitor),
      keepBest: this.#options.keepBest ?? false,
      stepsPerEpoch: this.#schedule.stepsPerEpoch,
      epochs: this.#epochs,
    });
    stepper.assign(copyArrays(snapshot.variables));
    this.#step = snapshot.step;
    this.#epochsDone = snapshot.epoch;
    this.#epochLoss = snapshot.epochLoss;
    this.#best = snapshot.best && { ...snapshot.best, variables: copyArrays(snapshot.best.variables) };
  }

  #dataDigest(): string {
    this.#digest ??= digestOf(this.#parts.data);
    return this.#digest;
  }

  /** @throws GraphError unless `isThere`. */
  #openFor(where: string, isThere: boolean): Open {
    if (this.#open !== undefined && isThere) return this.#open;
    throw new GraphError("invalid-graph", where, "there is no training under way", {
      help: `${where === "snapshot" ? "take" : "call"} it between the first event and the last`,
    });
  }

  async snapshot(): Promise<Snapshot> {
    const { stepper } = this.#openFor("snapshot", this.#isUnderWay);
    const { kind, config } = this.#parts.optimizer;
    const best = this.#best;
    return {
      version: SNAPSHOT_VERSION,
      step: this.#step,
      epoch: this.#epochsDone,
      seed: this.#seed,
      batchSize: this.#batchSize,
      examples: this.#parts.data.size,
      data: this.#dataDigest(),
      optimizer: { kind, config },
      variables: copyArrays(await stepper.read()),
      slots: await stepper.readSlots(),
      epochLoss: this.#epochLoss,
      ...(best && { best: { ...best, variables: copyArrays(best.variables) } }),
    };
  }

  async sync(): Promise<void> {
    await this.#openFor("sync", true).stepper.sync();
  }

  /** The next event, or `undefined` after the last. Whatever happens, the device is given back, and what was learned is kept. */
  async event(): Promise<TrainEvent | undefined> {
    if (this.#phase === "over") return undefined;
    let failure: Failure | undefined;
    try {
      const event = this.#phase === "new" ? this.#start(await this.#prepare()) : await this.#nextEvent(this.#open!);
      if (event !== undefined) return event;
    } catch (error) {
      failure = { error };
    }
    await this.close(failure);
    return undefined;
  }

  async #nextEvent(open: Open): Promise<TrainEvent | undefined> {
    if (this.#phase === "ended") return undefined;
    if (this.#hasStopped) return this.#diverged(open);
    // Before anything else: a snapshot may have been taken between an epoch's last step and its end.
    if (this.#step === (this.#epochsDone + 1) * this.#schedule.stepsPerEpoch) return this.#endEpoch(open);
    if (this.#step >= this.#epochs * this.#schedule.stepsPerEpoch) return this.#end(open, "completed");
    if (this.#options.signal?.aborted === true) return this.#end(open, "stopped");
    const range = this.#nextRange(open);
    const upcoming = () => this.#schedule.after(range, this.#epochs * this.#schedule.stepsPerEpoch);
    return this.#note(await open.stepper.run(range, upcoming), range.batch) ?? this.#nextEvent(open);
  }

  /**
   * Steps that need no more than the calling thread, at once: most events are of this kind, and they are made with few
   * objects. `undefined` if something else is due.
   */
  stepNow(): StepEvent | undefined {
    const open = this.#open;
    const isDue =
      this.#phase === "running" &&
      !this.#hasStopped &&
      this.#step < (this.#epochsDone + 1) * this.#schedule.stepsPerEpoch &&
      this.#step < this.#epochs * this.#schedule.stepsPerEpoch &&
      this.#options.signal?.aborted !== true;
    if (open === undefined || !isDue || !open.stepper.isBlocking) return undefined;
    const range = this.#nextRange(open);
    return this.#note(open.stepper.runNow(range), range.batch);
  }

  #nextRange({ stepper }: Open): StepRange {
    const alike = this.#schedule.alike(this.#step);
    return this.#schedule.range(this.#step, alike > 1 ? stepper.steps(Math.min(alike, this.#stepsPerEvent)) : 1);
  }

  /** Takes note of steps that were run, and tells of those that were applied, if any were. */
  #note({ perStep, steps, stopped }: RunResult, batch: number): StepEvent | undefined {
    const all = perStep.loss as Float32Array | Float64Array;
    const losses = all.length === steps ? all : all.slice(0, steps);
    const epoch = Math.floor(this.#step / this.#schedule.stepsPerEpoch) + 1;
    this.#step += steps;
    for (let i = 0; i < steps; i++) this.#epochLoss += losses[i]! * batch;
    this.#hasStopped = stopped;
    if (steps === 0) return undefined;
    return {
      version: EVENT_VERSION,
      kind: "step",
      step: this.#step,
      epoch,
      losses,
      examples: steps * batch,
      learningRate: this.#learningRate(this.#step - 1),
      elapsedMs: this.#elapsedMs,
    };
  }

  async #diverged(open: Open): Promise<EndEvent> {
    return this.#end(open, "diverged", await open.stepper.diagnose(this.#schedule.range(this.#step, 1)));
  }

  #start({ residence: { device } }: Open): StartEvent {
    let parameters = 0;
    for (const { value } of paramsOf(this.#parts.model).values()) parameters += value.size;
    return {
      version: EVENT_VERSION,
      kind: "start",
      backend: device.backend,
      variant: device.variant,
      seed: this.#seed,
      parameters,
      examples: this.#parts.data.size,
      batchSize: this.#batchSize,
      stepsPerEpoch: this.#schedule.stepsPerEpoch,
      epochs: this.#epochs,
      step: this.#step,
    };
  }

  /** Ends an epoch: measures and judges the weights. */
  async #endEpoch({ stepper, training: whole, validation: held }: Open): Promise<EpochEvent> {
    const { size } = this.#parts.data;
    const epoch = this.#epochsDone + 1;
    const batchLoss = this.#epochLoss / size;
    const training = this.#options.empiricalLoss === "epoch" ? await whole.scores() : undefined;
    const validation = await held?.scores();
    const values = await stepper.read(); // read once, for the model, the best and the last good weights
    const best = this.#judge(epoch, validation, values);
    this.#epochLoss = 0;
    this.#epochsDone = epoch;
    this.#lastGood = values;
    stepper.assign(values);
    return {
      version: EVENT_VERSION,
      kind: "epoch",
      epoch,
      step: this.#step,
      batchLoss,
      ...(training && { training }),
      ...(validation && { validation }),
      best,
      elapsedMs: this.#elapsedMs,
    };
  }

  /** Notes the weights if they are the best so far. */
  #judge(epoch: number, scores: Scores | undefined, values: Values): boolean {
    if (scores === undefined) return false;
    const monitor = resolveMonitor(this.#options.monitor);
    const merit = meritOf(monitor, scores);
    const record = this.#best && meritOf(monitor, { loss: 0, [monitor.metric]: this.#best.score });
    if (Number.isNaN(merit) || (record !== undefined && merit <= record)) return false;
    const variables = this.#options.keepBest ? values : {};
    this.#best = { epoch, monitor, score: scores[monitor.metric]!, variables };
    return true;
  }

  /** Gives the model its final weights, and tells how good they are. */
  async #end(open: Open, reason: EndEvent["reason"], divergence?: EndEvent["divergence"]): Promise<EndEvent> {
    const { keepBest = false, empiricalLoss = "end" } = this.#options;
    const { stepper } = open;
    const best = keepBest ? this.#best : undefined;
    if (best !== undefined) await this.#replace(stepper, best.variables);
    // Whoever stops a training does not want to wait for a pass over all of it.
    const measured = empiricalLoss !== "never" && reason !== "stopped";
    let training = measured ? await open.training.scores() : undefined;
    if (reason === "diverged" && !Number.isFinite((training ?? (await open.training.scores())).loss)) {
      // The step before had made finite weights that were useless all the same.
      await this.#replace(stepper, this.#lastGood);
      training = measured ? await open.training.scores() : undefined;
    }
    await stepper.sync();
    const validation = await open.validation?.scores();
    this.#phase = "ended";
    return {
      version: EVENT_VERSION,
      kind: "end",
      reason,
      step: this.#step,
      epoch: Math.floor(this.#step / this.#schedule.stepsPerEpoch),
      ...(training && { training }),
      ...(validation && { validation }),
      ...(best && { bestEpoch: best.epoch }),
      ...(divergence && { divergence }),
      elapsedMs: this.#elapsedMs,
    };
  }

  /** Puts other weights in place of those of the last step: from here on it is no training that could go on. */
  async #replace(stepper: Stepper, values: Values): Promise<void> {
    this.#isUnderWay = false;
    await stepper.replace(values);
  }

  /** Ends the training, perhaps before its time, and throws why if it failed. */
  async close(failure?: Failure): Promise<void> {
    const open = this.#open;
    this.#phase = "over";
    // A listener that leaves early still gets what was learned so far.
    const keep = this.#isUnderWay ? [() => open!.stepper.sync()] : [];
    this.#open = undefined;
    this.#isUnderWay = false;
    if (open === undefined) return runAll([], failure);
    const { stepper, training, validation, residence } = open;
    await runAll(
      [
        ...keep,
        () => stepper.release(),
        () => training.release(),
        async () => validation?.release(),
        () => residence.free(),
      ],
      failure,
    );
  }
}

/**
 * Trains a model on a data set, as an async generator of events. The model's parameters are up to date at every epoch
 * event and at the end; a training that diverges ends by itself, with the last good weights and the layer named.
 *
 * @throws UsageError for an option that cannot be, before anything is computed.
 * @example
 * for await (const event of train(model, data, { loss: crossEntropy })) {
 *   if (event.kind === "epoch") print(event.epoch, event.batchLoss);
 * }
 */
export function train(model: Layer, data: Dataset, options: TrainOptions): Training {
  checkTrainOptions(model, data, options);
  return new TrainingEvents(new Trainer(model, data, options));
}
