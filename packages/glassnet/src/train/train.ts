import type { LoadedProgram } from "../backends/backend.ts";
import { Pace } from "../backends/pace.ts";
import type { ArrayData } from "../core/array.ts";
import { allocate, type TypedArray } from "../core/dtype.ts";
import { GraphError, UsageError } from "../core/errors.ts";
import { stepKey } from "../core/random.ts";
import type { TensorType } from "../core/shape.ts";
import { batchCount, epochOrder } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Layer } from "../nn/layer.ts";
import { adamW } from "../optim/adam.ts";
import type { Program } from "../program/program.ts";
import { fromArray } from "../tensor/create.ts";
import { defaultDevice } from "../tensor/device.ts";
import { paramsOf, variablesOf } from "../tensor/variable.ts";
import { diagnose } from "./diagnose.ts";
import { type EndEvent, EVENT_VERSION, type Scores, type TrainEvent } from "./events.ts";
import { loadTraced, Measure } from "./measure.ts";
import { checkTrainOptions, type TrainOptions, trainOptions } from "./options.ts";
import { Residence } from "./residence.ts";
import { type Best, checkSnapshot, SNAPSHOT_VERSION, type Snapshot } from "./snapshot.ts";
import { type StepParts, scalarDtype, traceStep } from "./step-program.ts";

/**
 * @file The training loop: an async generator of events that knows nothing of who watches. Between two events the
 * state of the training is whole and can be taken as a snapshot.
 */

/** A training under way: iterate it for its events. */
export interface Training extends AsyncIterableIterator<TrainEvent> {
  /** The whole state, to go on from later with `restore`. Call it between events. */
  snapshot(): Promise<Snapshot>;
}

/** One program of the step, for one size of batch. */
interface StepProgram {
  readonly loaded: LoadedProgram;
  readonly program: Program;
}

class Trainer {
  readonly #options: TrainOptions;
  readonly #parts: StepParts;
  readonly #residence: Residence;
  readonly #pace = new Pace();
  readonly #programs = new Map<number, StepProgram>();
  readonly #batchSize: number;
  readonly #epochs: number;
  readonly #seed: number;
  readonly #scalars: readonly string[];
  readonly #scalarDtype: "f32" | "f64";
  readonly #validation: Measure | undefined;
  readonly #training: Measure;
  readonly #begin = performance.now();
  #step = 0;
  /** Epochs that were ended: measured, judged and told. */
  #epochsDone = 0;
  #epochLoss = 0;
  #best: Best | undefined;
  /** Weights with which the loss was finite: those of the start, then of each epoch. */
  #lastGood: Readonly<Record<string, ArrayData>> = {};
  #open = false;
  /** Whether the weights are no longer those of the last step. */
  #replaced = false;

  constructor(model: Layer, data: Dataset, options: TrainOptions) {
    const { optimizer = adamW(), loss, metrics = {}, validation, device = defaultDevice() } = options;
    this.#options = options;
    this.#parts = { model, loss, optimizer, data };
    this.#batchSize = options.batchSize ?? trainOptions.batchSize.default;
    this.#epochs = options.epochs ?? trainOptions.epochs.default;
    this.#seed = options.seed ?? trainOptions.seed.default;
    this.#scalars = Object.keys(optimizer.scalars(1, 1));
    this.#scalarDtype = scalarDtype(paramsOf(model).values());
    this.#residence = new Residence(device, model);
    this.#training = new Measure(this.#residence, model, data, loss, metrics);
    this.#validation = validation && new Measure(this.#residence, model, validation, loss, metrics);
  }

  get #stepsPerEpoch(): number {
    return batchCount(this.#parts.data.size, this.#batchSize);
  }

  get #monitor(): string {
    return this.#options.monitor ?? "loss";
  }

  get #elapsedMs(): number {
    return performance.now() - this.#begin;
  }

  #learningRate(step: number): number {
    const rate = this.#options.learningRate ?? trainOptions.learningRate.default;
    if (typeof rate === "number") return rate;
    const scheduled = rate(step);
    if (Number.isFinite(scheduled) && scheduled >= 0) return scheduled;
    throw new UsageError(
      "invalid-option",
      "train",
      `the schedule gave a learning rate of ${scheduled} at step ${step}`,
      {
        help: "a schedule must give finite numbers of at least 0",
      },
    );
  }

  /** Types of the optimizer's slots, by `path/slot`. */
  #slots(): Map<string, TensorType & { readonly name: string }> {
    const { model, optimizer } = this.#parts;
    const slots = new Map<string, TensorType & { readonly name: string }>();
    for (const [path, { dtype, shape }] of paramsOf(model)) {
      for (const slot of optimizer.slots) {
        slots.set(`${path}/${slot}`, { dtype, shape, name: this.#residence.slotName(path, slot) });
      }
    }
    return slots;
  }

  async #program(batch: number): Promise<StepProgram> {
    const known = this.#programs.get(batch);
    if (known !== undefined) return known;
    const traced = traceStep(this.#parts, this.#residence, batch);
    const made = { loaded: await loadTraced(this.#residence, traced), program: traced.build() };
    this.#programs.set(batch, made);
    return made;
  }

  /** The table for `steps` steps of `batch` rows, from the present position. */
  #rows(order: Int32Array, position: number, batch: number, steps: number): Record<string, TypedArray> {
    const keys = new Int32Array(2 * steps);
    const scalars = this.#scalars.map((name) => [name, allocate(this.#scalarDtype, steps)] as const);
    for (let i = 0; i < steps; i++) {
      const step = this.#step + i;
      keys.set(stepKey(this.#seed, step), 2 * i);
      const row = this.#parts.optimizer.scalars(step + 1, this.#learningRate(step));
      for (const [name, column] of scalars) column[i] = row[name]!;
    }
    const first = position * this.#batchSize;
    return { indices: order.slice(first, first + steps * batch), key: keys, ...Object.fromEntries(scalars) };
  }

  async #prepare(): Promise<void> {
    const { model, data, optimizer } = this.#parts;
    const variables = variablesOf(model);
    if (paramsOf(model).size === 0) {
      throw new UsageError("invalid-option", "train", "the model has no parameters to train");
    }
    const slots = this.#slots();
    const { restore } = this.#options;
    if (restore !== undefined) {
      checkSnapshot(restore, {
        seed: this.#seed,
        batchSize: this.#batchSize,
        examples: data.size,
        optimizer,
        variables,
        slots,
        monitor: this.#monitor,
        keepBest: this.#options.keepBest ?? false,
      });
      for (const [path, variable] of variables) variable.assign(fromArray(restore.variables[path]!));
      this.#step = restore.step;
      this.#epochsDone = restore.epoch;
      this.#epochLoss = restore.epochLoss;
      this.#best = restore.best;
    }
    await this.#residence.settle(variables.values());
    await this.#residence.settleData(data);
    for (const [path, { name, ...type }] of slots) {
      if (restore === undefined) await this.#residence.writeZeros(name, type);
      else await this.#residence.write(name, restore.slots[path]!);
    }
    this.#lastGood = await this.#variables();
    this.#open = true;
  }

  async #replaceVariables(values: Readonly<Record<string, ArrayData>>): Promise<void> {
    this.#replaced = true;
    for (const [path, variable] of variablesOf(this.#parts.model)) {
      await this.#residence.write(this.#residence.nameOf(variable), values[path]!);
    }
  }

  async #variables(): Promise<Record<string, ArrayData>> {
    const variables: Record<string, ArrayData> = {};
    for (const [path, variable] of variablesOf(this.#parts.model)) {
      variables[path] = await this.#residence.read(this.#residence.nameOf(variable), variable);
    }
    return variables;
  }

  async snapshot(): Promise<Snapshot> {
    if (!this.#open || this.#replaced) {
      throw new GraphError("invalid-graph", "snapshot", "there is no training under way", {
        help: "take it between the first event and the last",
      });
    }
    const slots: Record<string, ArrayData> = {};
    for (const [path, { name, ...type }] of this.#slots()) slots[path] = await this.#residence.read(name, type);
    const { kind, config } = this.#parts.optimizer;
    return {
      version: SNAPSHOT_VERSION,
      step: this.#step,
      epoch: this.#epochsDone,
      seed: this.#seed,
      batchSize: this.#batchSize,
      examples: this.#parts.data.size,
      optimizer: { kind, config },
      variables: await this.#variables(),
      slots,
      epochLoss: this.#epochLoss,
      ...(this.#best === undefined ? {} : { best: this.#best }),
    };
  }

  /** Notes the present weights if they are the best so far. */
  async #judge(epoch: number, scores: Scores | undefined): Promise<boolean> {
    if (scores === undefined) return false;
    const monitor = this.#monitor;
    const score = monitor === "loss" ? -scores.loss : scores[monitor]!;
    if (Number.isNaN(score) || (this.#best !== undefined && score <= this.#best.score)) return false;
    this.#best = { epoch, monitor, score, variables: this.#options.keepBest ? await this.#variables() : {} };
    return true;
  }

  /** Gives the model its final weights, and tells how good they are. */
  async #end(reason: EndEvent["reason"], divergence?: EndEvent["divergence"]): Promise<EndEvent> {
    const { keepBest = false, empiricalLoss = "end" } = this.#options;
    const best = keepBest ? this.#best : undefined;
    if (best !== undefined) await this.#replaceVariables(best.variables);
    // Whoever stops a training does not want to wait for a pass over all of it.
    const measured = empiricalLoss !== "never" && reason !== "stopped";
    let training = measured ? await this.#training.scores() : undefined;
    if (reason === "diverged" && !Number.isFinite((training ?? (await this.#training.scores())).loss)) {
      // The step before had made finite weights that were useless all the same.
      await this.#replaceVariables(this.#lastGood);
      training = measured ? await this.#training.scores() : undefined;
    }
    await this.#residence.fetch();
    const validation = await this.#validation?.scores();
    return {
      version: EVENT_VERSION,
      kind: "end",
      reason,
      step: this.#step,
      epoch: Math.floor(this.#step / this.#stepsPerEpoch),
      ...(training && { training }),
      ...(validation && { validation }),
      ...(best && { bestEpoch: best.epoch }),
      ...(divergence && { divergence }),
      elapsedMs: this.#elapsedMs,
    };
  }

  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    const { data, model } = this.#parts;
    const { device } = this.#residence;
    const { signal } = this.#options;
    let finished = false;
    try {
      await this.#prepare();
      let parameters = 0;
      for (const { value } of paramsOf(model).values()) parameters += value.size;
      yield {
        version: EVENT_VERSION,
        kind: "start",
        backend: device.backend,
        variant: device.variant,
        seed: this.#seed,
        parameters,
        examples: data.size,
        batchSize: this.#batchSize,
        stepsPerEpoch: this.#stepsPerEpoch,
        epochs: this.#epochs,
        step: this.#step,
      };
      const total = this.#epochs * this.#stepsPerEpoch;
      const fullBatches = Math.floor(data.size / this.#batchSize);
      let order: Int32Array = new Int32Array(0);
      let orderOf = -1;
      for (;;) {
        // At the top of the loop: a snapshot may have been taken between an epoch's last step and its end.
        if (this.#step === (this.#epochsDone + 1) * this.#stepsPerEpoch) yield await this.#epoch();
        if (this.#step >= total) break;
        if (signal?.aborted === true) {
          const last = await this.#end("stopped");
          finished = true;
          yield last;
          return;
        }
        const epoch = Math.floor(this.#step / this.#stepsPerEpoch); // counted from 0
        const position = this.#step % this.#stepsPerEpoch;
        if (orderOf !== epoch) {
          order = epochOrder(data.size, this.#seed, epoch);
          orderOf = epoch;
        }
        const isFull = position < fullBatches;
        const batch = isFull ? this.#batchSize : data.size % this.#batchSize;
        const steps = isFull ? this.#pace.steps(fullBatches - position) : 1;
        const { loaded, program } = await this.#program(batch);
        const rows = this.#rows(order, position, batch, steps);
        const result = await this.#pace.run(device, loaded, steps, rows);
        const losses = Float32Array.from(result.perStep.loss!.subarray(0, result.steps));
        const learningRate = this.#learningRate(this.#step + Math.max(0, result.steps - 1));
        this.#step += result.steps;
        for (const loss of losses) this.#epochLoss += loss * batch;
        if (result.steps > 0) {
          yield {
            version: EVENT_VERSION,
            kind: "step",
            step: this.#step,
            epoch: epoch + 1,
            losses,
            examples: result.steps * batch,
            learningRate,
            elapsedMs: this.#elapsedMs,
          };
        }
        if (result.stopped) {
          const row = this.#rows(order, this.#step % this.#stepsPerEpoch, batch, 1);
          const divergence = await diagnose(device, program, row, this.#step + 1);
          const last = await this.#end("diverged", divergence);
          finished = true;
          yield last;
          return;
        }
      }
      const last = await this.#end("completed");
      finished = true;
      yield last;
    } finally {
      // A listener that leaves early still gets what was learned so far.
      if (this.#open && !finished) await this.#residence.fetch();
      await this.#close();
    }
  }

  /** Ends an epoch: measures and judges the weights. */
  async #epoch(): Promise<TrainEvent> {
    const { size } = this.#parts.data;
    const epoch = this.#epochsDone + 1;
    const batchLoss = this.#epochLoss / size;
    const training = this.#options.empiricalLoss === "epoch" ? await this.#training.scores() : undefined;
    const validation = await this.#validation?.scores();
    const best = await this.#judge(epoch, validation);
    this.#epochLoss = 0;
    this.#epochsDone = epoch;
    this.#lastGood = await this.#variables();
    await this.#residence.fetch();
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

  async #close(): Promise<void> {
    this.#open = false;
    for (const { loaded } of this.#programs.values()) await this.#residence.device.unload(loaded);
    await this.#training.release();
    await this.#validation?.release();
    await this.#residence.free();
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
  checkTrainOptions(data, options);
  const trainer = new Trainer(model, data, options);
  return Object.assign(trainer.events(), { snapshot: () => trainer.snapshot() });
}
