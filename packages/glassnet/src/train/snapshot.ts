import type { ArrayData } from "../core/array.ts";
import { isStorageOf } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { formatType, sameShape, sizeOf, type TensorType } from "../core/shape.ts";
import { describeValue, isPlainObject } from "../core/tree.ts";
import { formatMonitor, type Monitor } from "./monitor.ts";

export const SNAPSHOT_VERSION = 1;

/** The weights of the best epoch so far, and how good they were. */
export interface Best {
  readonly epoch: number;
  /** By what it was told. */
  readonly monitor: Monitor;
  /** The monitored score, as it was measured. */
  readonly score: number;
  /** Empty if the weights were not to be kept. */
  readonly variables: Readonly<Record<string, ArrayData>>;
}

/** The whole state of a training: enough to go on with the same bits. Plain data. */
export interface Snapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  /** Steps done. With the sizes below it gives the epoch and the position in its shuffled order. */
  readonly step: number;
  /** Epochs whose event was given. The last step of an epoch may be done, and what ends the epoch not yet. */
  readonly epoch: number;
  readonly seed: number;
  readonly batchSize: number;
  readonly examples: number;
  /** A digest of the training data and their preprocessing. */
  readonly data: string;
  readonly optimizer: { readonly kind: string; readonly config: Readonly<Record<string, number | boolean>> };
  /** Parameters and states of the model by path, and states from outside that the step assigns, such as the loss's. */
  readonly variables: Readonly<Record<string, ArrayData>>;
  /** What the optimizer keeps, by `path/slot`. */
  readonly slots: Readonly<Record<string, ArrayData>>;
  /** Sum of loss times examples over the batches of the unfinished epoch. */
  readonly epochLoss: number;
  readonly best?: Best;
}

/** A copy that shares nothing, for arrays that are in use elsewhere. */
export function copyArrays(arrays: Readonly<Record<string, ArrayData>>): Record<string, ArrayData> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, { ...array, data: array.data.slice() }]),
  );
}

/** What a snapshot must agree with to be restored. */
export interface Expected {
  readonly seed: number;
  readonly batchSize: number;
  readonly examples: number;
  readonly data: string;
  readonly optimizer: Snapshot["optimizer"];
  readonly variables: ReadonlyMap<string, TensorType>;
  readonly slots: ReadonlyMap<string, TensorType>;
  readonly monitor: Monitor;
  readonly keepBest: boolean;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

/** What came back from storage may be anything. @throws UsageError naming the first part that is none of a snapshot's. */
function checkForm(snapshot: Snapshot, { stepsPerEpoch, epochs }: Expected): void {
  const fail = (what: string): never => {
    throw new UsageError("invalid-option", "restore", `this is no snapshot of such a training: ${what}`);
  };
  const { step, epoch, epochLoss, optimizer, variables, slots, best } = snapshot;
  for (const [name, part] of Object.entries({ optimizer, variables, slots })) {
    if (!isPlainObject(part)) fail(`${name} must be an object, got ${describeValue(part)}`);
  }
  const last = epochs * stepsPerEpoch;
  if (!(Number.isInteger(step) && step >= 0 && step <= last))
    fail(`step must be 0 to ${last}, got ${describeValue(step)}`);
  // Between the last step of an epoch and its event, the epoch is not counted yet.
  const ended = Math.floor(step / stepsPerEpoch);
  const mayLag = step > 0 && step % stepsPerEpoch === 0;
  if (epoch !== ended && !(mayLag && epoch === ended - 1)) fail(`epoch must be ${ended}, got ${describeValue(epoch)}`);
  if (!Number.isFinite(epochLoss)) fail(`epochLoss must be a finite number, got ${describeValue(epochLoss)}`);
  if (best === undefined) return;
  if (!isPlainObject(best) || !isPlainObject(best.variables)) fail("best must be an object with variables");
  if (!Number.isFinite(best.score)) fail(`the best score must be a finite number, got ${describeValue(best.score)}`);
}

/** @throws UsageError naming the first thing that differs: going on with it would not give the same bits. */
export function checkSnapshot(snapshot: Snapshot, expected: Expected): void {
  const differ = (what: string, got: unknown, want: unknown): never => {
    throw new UsageError(
      "invalid-option",
      "restore",
      `${what} differs: the snapshot has ${String(got)}, this training ${String(want)}`,
    );
  };
  checkForm(snapshot, expected);
  if (snapshot.version !== SNAPSHOT_VERSION) differ("version", snapshot.version, SNAPSHOT_VERSION);
  for (const name of ["seed", "batchSize", "examples"] as const) {
    if (snapshot[name] !== expected[name]) differ(name, snapshot[name], expected[name]);
  }
  if (snapshot.data !== expected.data) differ("the training data or its preprocessing", snapshot.data, expected.data);
  const describe = ({ kind, config }: Snapshot["optimizer"]) => `${kind} ${JSON.stringify(config)}`;
  if (describe(snapshot.optimizer) !== describe(expected.optimizer)) {
    differ("optimizer", describe(snapshot.optimizer), describe(expected.optimizer));
  }
  const checkArrays = (part: string, arrays: Snapshot["variables"], types: ReadonlyMap<string, TensorType>) => {
    const has = Object.keys(arrays);
    const wants = [...types.keys()];
    if (has.join() !== wants.join()) differ(`the list of ${part}`, has.join(", "), wants.join(", "));
    for (const [name, type] of types) {
      const got = arrays[name]!;
      if (!isPlainObject(got) || !Array.isArray(got.shape)) {
        throw new UsageError("invalid-option", "restore", `${name} must be an array with dtype, shape and data`);
      }
      if (got.dtype !== type.dtype || !sameShape(got.shape, type.shape)) {
        differ(name, formatType(got), formatType(type));
      }
      if (!isStorageOf(got.dtype, got.data) || got.data.length !== sizeOf(got.shape)) {
        throw new UsageError("invalid-option", "restore", `the data of ${name} is not ${formatType(got)}`, {
          help: "a snapshot holds typed arrays: store it in a way that keeps them",
        });
      }
      if (got.data.some(Number.isNaN)) throw new UsageError("invalid-option", "restore", `${name} holds NaN`);
    }
  };
  checkArrays("variables", snapshot.variables, expected.variables);
  checkArrays("slots", snapshot.slots, expected.slots);
  const { best } = snapshot;
  if (best === undefined) return;
  const [had, has] = [formatMonitor(best.monitor), formatMonitor(expected.monitor)];
  if (had !== has) differ("monitor", had, has);
  if (!expected.keepBest) return;
  if (Object.keys(best.variables).length === 0) differ("keepBest", false, true);
  checkArrays("best variables", best.variables, expected.variables);
}
