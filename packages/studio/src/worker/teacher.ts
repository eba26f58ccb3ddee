import {
  type ArrayData,
  accuracy,
  type Dataset,
  type Device,
  type Divergence,
  fromData,
  type Layer,
  type Linear,
  type Loss,
  linearLayers,
  type Optimizer,
  type Snapshot,
  type Tensor,
  type TrainEvent,
  type Training,
  train,
  where,
} from "glassnet";
import { rateAt, type Settings } from "../workspace/settings.ts";
import type { History } from "./history.ts";
import { lossOf, optimizerOf, type UnitMarks } from "./network.ts";

/** Training goes on until it is paused; the library wants a number all the same. */
const ENDLESS_EPOCHS = 1_000_000;

/** What is trained, and with what. */
export interface Lesson {
  readonly model: Layer;
  readonly training: Dataset;
  readonly validation: Dataset | null;
  readonly device: Device;
  readonly settings: () => Settings;
  readonly marks: () => ReadonlyMap<string, UnitMarks>;
}

/** What one advance did. */
export interface Advance {
  readonly steps: number;
  readonly endsEpoch: boolean;
  readonly divergence: Divergence | null;
}

/** An optimizer that leaves frozen units alone, their slots too. It is called while the step is traced. */
export function withFrozen(rule: Optimizer, model: Layer, marks: ReadonlyMap<string, UnitMarks>): Optimizer {
  const layers = linearLayers(model);
  const held: { readonly layer: Linear<number, number>; readonly moves: Uint8Array }[] = [];
  for (const [path, { frozen }] of marks) {
    const layer = layers.get(path);
    if (layer === undefined || frozen.size === 0) continue;
    const moves = new Uint8Array(layer.outFeatures).fill(1);
    for (const unit of frozen) moves[unit] = 0;
    held.push({ layer, moves });
  }
  if (held.length === 0) return rule;
  return {
    ...rule,
    update(w, grad, slots, scalars) {
      const [next, nextSlots] = rule.update(w, grad, slots, scalars);
      const found = held.find(({ layer }) => layer.weight.value === w || layer.bias?.value === w);
      if (found === undefined) return [next, nextSlots];
      const rank = w.shape.length;
      const moves = fromData(found.moves, rank === 2 ? [found.moves.length, 1] : [found.moves.length]).eq(1);
      const keep = (before: Tensor, after: Tensor): Tensor => where(moves, after, before);
      return [
        keep(w, next),
        Object.fromEntries(Object.entries(nextSlots).map(([name, after]) => [name, keep(slots[name]!, after)])),
      ];
    },
  };
}

/**
 * Trains the model of a session: a few milliseconds at a time, one step or one epoch, with pauses in between in which weights may
 * be changed. What it does is one training of the library; after a change that training goes on from its snapshot.
 */
export class Teacher {
  #lesson: Lesson;
  readonly #history: History;
  #training: Training | undefined;
  #resume: Snapshot | undefined;
  /** Steps and epochs done before the present training of the library began. */
  #stepsBefore = 0;
  #epochsBefore = 0;
  #steps = 0;
  #epochs = 0;
  #allowed = 1;
  #isStale = false;

  constructor(lesson: Lesson, history: History) {
    this.#lesson = lesson;
    this.#history = history;
  }

  get step(): number {
    return this.#stepsBefore + this.#steps;
  }

  /** Steps of the present optimizer: what its corrections count. */
  get stepsOfRule(): number {
    return this.#steps;
  }

  get epoch(): number {
    return this.#epochsBefore + this.#epochs;
  }

  get batchSize(): number {
    return Math.min(this.#lesson.settings().batchSize, this.#lesson.training.size);
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.#lesson.training.size / this.batchSize);
  }

  /** The learning rate of the next step. */
  get learningRate(): number {
    return rateAt(this.#lesson.settings().schedule, this.step, this.stepsPerEpoch);
  }

  #loss(): Loss {
    return lossOf(this.#lesson.settings().loss, this.#lesson.training);
  }

  /** The rule as it stands in the settings, with frozen units. */
  optimizer(): Optimizer {
    const { model, settings, marks } = this.#lesson;
    return withFrozen(optimizerOf(settings().optimizer), model, marks());
  }

  async #begin(): Promise<Training> {
    if (this.#training !== undefined) return this.#training;
    const { model, training, validation, device, settings } = this.#lesson;
    const isClassified = training.classNames !== undefined;
    const begun = train(model, training, {
      loss: this.#loss(),
      optimizer: this.optimizer(),
      epochs: ENDLESS_EPOCHS,
      batchSize: this.batchSize,
      learningRate: (step) => rateAt(settings().schedule, this.#stepsBefore + step, this.stepsPerEpoch),
      seed: settings().seed,
      metrics: isClassified ? { accuracy } : {},
      empiricalLoss: "epoch",
      device,
      stepsPerEvent: () => this.#allowed,
      ...(validation && { validation }),
      ...(this.#resume && { restore: this.#resume }),
    });
    await begun.next(); // the start
    this.#training = begun;
    this.#resume = undefined;
    return begun;
  }

  /** Runs at most `steps` steps, or fewer if they take more than a few milliseconds, and what ends an epoch. */
  async advance(steps: number): Promise<Advance> {
    const training = await this.#begin();
    this.#allowed = steps;
    const event = (await training.next()).value as TrainEvent | undefined;
    this.#isStale = true;
    if (event === undefined) return { steps: 0, endsEpoch: false, divergence: null };
    switch (event.kind) {
      case "start":
        return { steps: 0, endsEpoch: false, divergence: null };
      case "step": {
        this.#history.addLosses(event.losses);
        this.#steps = event.step;
        return { steps: event.losses.length, endsEpoch: false, divergence: null };
      }
      case "epoch":
        this.#epochs = event.epoch;
        this.#history.addEpoch({
          epoch: this.epoch,
          step: this.step,
          batchLoss: event.batchLoss,
          training: event.training ?? null,
          validation: event.validation ?? null,
        });
        return { steps: 0, endsEpoch: true, divergence: null };
      case "end": {
        const divergence = event.divergence ?? null;
        await this.#leave();
        this.#beginAnew();
        return { steps: 0, endsEpoch: true, divergence };
      }
    }
  }

  /** Whether all steps of an epoch are done and what ends it is not. */
  get isEpochDue(): boolean {
    return this.#steps > 0 && this.#steps === (this.#epochs + 1) * this.stepsPerEpoch;
  }

  /** Gives the model the weights of now. */
  async sync(): Promise<void> {
    if (!this.#isStale) return;
    await this.#training?.sync();
    this.#isStale = false;
  }

  /** What the optimizer keeps beside each parameter, by `path/slot`; nothing before the first step. */
  async slots(): Promise<Readonly<Record<string, ArrayData>>> {
    if (this.#training !== undefined) return (await this.#training.snapshot()).slots;
    return this.#resume?.slots ?? {};
  }

  /**
   * Puts the training aside while weights or marks are changed: `change` is given the parameters by path, to be written to. The
   * training then goes on with them, and with its optimizer's memory.
   */
  async revise(change: (variables: Readonly<Record<string, ArrayData>>) => void): Promise<void> {
    if (this.#training !== undefined) {
      this.#resume = await this.#training.snapshot();
      await this.#leave();
    }
    if (this.#resume !== undefined) change(this.#resume.variables);
  }

  /** Goes on with another model object that has the same parameters; see `Session.reshape`. */
  replaceModel(model: Layer): void {
    this.#lesson = { ...this.#lesson, model };
  }

  /** Ends the training of the library; the next one begins from the present weights, with a fresh optimizer. */
  async restart(): Promise<void> {
    await this.#leave();
    this.#beginAnew();
  }

  #beginAnew(): void {
    this.#stepsBefore += this.#steps;
    this.#epochsBefore += this.#epochs;
    this.#steps = 0;
    this.#epochs = 0;
    this.#resume = undefined;
  }

  async #leave(): Promise<void> {
    const training = this.#training;
    this.#training = undefined;
    await training?.return?.();
    this.#isStale = false;
  }

  /** Gives back what it has on the device. */
  close(): Promise<void> {
    return this.#leave();
  }
}
