import { isFloat } from "../core/dtype.ts";
import { DtypeError, GraphError, UsageError } from "../core/errors.ts";
import { formatType, sameShape } from "../core/shape.ts";
import { describeValue } from "../core/tree.ts";
import type { Dataset } from "../data/dataset.ts";
import { encode } from "../data/encode.ts";
import type { Loss } from "../loss/reduction.ts";
import { checkLoss } from "../loss/single-number.ts";
import type { Layer } from "../nn/layer.ts";
import { Run } from "../nn/run.ts";
import type { Optimizer, Slots } from "../optim/optimizer.ts";
import { ones } from "../tensor/create.ts";
import { gradientsOf } from "../tensor/grad.ts";
import { Tensor } from "../tensor/tensor.ts";
import { withScope } from "../tensor/trace.ts";
import { type TracedProgram, type Tracing, traceProgram } from "../tensor/trace-program.ts";
import { Param, paramsOf, type Variable } from "../tensor/variable.ts";
import { batchOf } from "./batch.ts";
import { checkIndexBounds } from "./index-bounds.ts";
import type { Residence } from "./residence.ts";

export interface StepParts {
  readonly model: Layer;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly data: Dataset;
}

export interface TracedStep extends TracedProgram {
  /** States that the step assigns, of the model or from outside. */
  readonly assigned: ReadonlySet<Variable>;
}

/** The parameters of a model, by path. @throws unless there are some, all of floats. */
export function trainableParams(model: Layer): ReadonlyMap<string, Param> {
  const params = paramsOf(model);
  if (params.size === 0) throw new UsageError("invalid-option", "train", "the model has no parameters to train");
  for (const [path, param] of params) {
    if (isFloat(param.dtype)) continue;
    const what = `only floats can be trained, got ${formatType(param)} at ${path}`;
    throw new DtypeError("dtype-mismatch", "train", what, { help: "make it a State" });
  }
  return params;
}

/** The dtypes of the parameters: each gets the optimizer's numbers in its own. */
export function scalarDtypes(params: ReadonlyMap<string, Param>): readonly ("f32" | "f64")[] {
  const dtypes = new Set([...params.values()].map(({ dtype }) => dtype));
  return (["f32", "f64"] as const).filter((dtype) => dtypes.has(dtype));
}

/** The table's row of one of the optimizer's numbers. */
export const scalarRow = (dtype: "f32" | "f64", name: string): string => `optimizer/${dtype}/${name}`;

/**
 * One whole training step as a program: gathering and encoding the batch, forward, loss, backward, update. Per step it
 * reads a row of indices, a random key and the optimizer's numbers. The loss, the new parameters and the new slots are
 * guarded, so a step that makes one of them infinite or NaN is not applied. Assigned states are not: they may hold what
 * they like.
 *
 * @throws GraphError if a parameter is read that training cannot find, or assigned by the model itself.
 */
export function traceStep(parts: StepParts, residence: Residence, size: number): TracedStep {
  const { model, loss, data, optimizer } = parts;
  const params = trainableParams(model);
  const found = new Set<Variable>(params.values());
  let reader: Reader = "model";
  let assigned: ReadonlySet<Variable> = new Set();
  const traced = traceProgram(
    ({ input, assignments }) => {
      const batch = batchOf(input, residence, data, size);
      const words = input({ dtype: "i32", shape: [2] }, { kind: "row", name: "key" });
      const run = new Run({ training: true, key: { words, stream: 0 } });
      const output = model.call(encode(data.preprocessing, batch.inputs), run);
      reader = "loss";
      const value = withScope("loss", () => loss(output, batch.targets));
      checkLoss("train", value);
      reader = "optimizer";
      const updates = traceUpdates(parts, residence, params, value, input);
      checkAssignments(assignments, params);
      assigned = new Set(assignments.keys());
      const states = [...assignments].map(([state, next]) => ({ state: state.value, value: next }));
      checkIndexBounds(data, batch, [value, ...assignments.values()]);
      return {
        writes: [...updates, ...states],
        guard: [value, ...updates.map((update) => update.value)],
        perStep: { loss: value },
      };
    },
    (variable) => {
      if (variable instanceof Param && !found.has(variable)) throw hiddenParam(reader, variable, optimizer);
      return { kind: "state", name: residence.nameOf(variable) };
    },
  );
  return { ...traced, assigned };
}

type Reader = "model" | "loss" | "optimizer";

/** A parameter that is read but not found would stay as it is, without a word. */
function hiddenParam(reader: Reader, param: Param, { kind }: Optimizer): GraphError {
  const who = reader === "optimizer" ? `the optimizer "${kind}"` : `the ${reader}`;
  const what = `${who} reads a parameter ${formatType(param)} that is none of the model's, and would not be trained`;
  const help =
    reader === "model"
      ? "keep layers and parameters in public fields, arrays or plain objects, where they are found"
      : "make it a field of the model, or a State if it is not to be trained";
  return new GraphError("invalid-graph", "train", what, { help, details: { shape: param.shape } });
}

function checkAssignments(assignments: ReadonlyMap<Variable, Tensor>, params: ReadonlyMap<string, Param>): void {
  for (const variable of assignments.keys()) {
    if (!(variable instanceof Param)) continue;
    const path = [...params].find(([, param]) => param === variable)?.[0] ?? formatType(variable);
    const what = `the parameter ${path} is assigned during the step, but the optimizer changes it`;
    throw new GraphError("invalid-graph", "train", what, { help: "make it a State if the model itself changes it" });
  }
}

interface Update {
  readonly state: Tensor;
  readonly value: Tensor;
}

/** Backward and update: what each parameter and slot becomes. */
function traceUpdates(
  { optimizer }: StepParts,
  residence: Residence,
  params: ReadonlyMap<string, Param>,
  loss: Tensor,
  input: Tracing["input"],
): Update[] {
  const names = Object.keys(optimizer.scalars(1, 1));
  const scalars = new Map(
    scalarDtypes(params).map((dtype) => {
      const row = (name: string) => input({ dtype, shape: [] }, { kind: "row", name: scalarRow(dtype, name) });
      return [dtype as string, Object.fromEntries(names.map((name) => [name, row(name)]))];
    }),
  );
  const weights = [...params.values()].map((param) => param.value);
  const grads = gradientsOf([loss], [ones(loss.shape, { dtype: loss.dtype })], weights);
  return [...params.keys()].flatMap((path, i) =>
    withScope(`${path} (update)`, () => {
      const w = weights[i]!;
      const slots = Object.fromEntries(
        optimizer.slots.map((slot) => [slot, input(w, { kind: "state", name: residence.slotName(path, slot) })]),
      );
      const [next, nextSlots] = checkUpdate(
        optimizer,
        path,
        w,
        optimizer.update(w, grads[i]!, slots, scalars.get(w.dtype)!),
      );
      const kept = optimizer.slots.map((slot) => ({ state: slots[slot]!, value: nextSlots[slot]! }));
      return [{ state: w, value: next }, ...kept];
    }),
  );
}

/** @throws UsageError unless there is a new value for the parameter and for each slot, all of the parameter's type. */
function checkUpdate(optimizer: Optimizer, path: string, w: Tensor, update: unknown): readonly [Tensor, Slots] {
  const fail = (what: string): never => {
    throw new UsageError("invalid-option", "train", `the optimizer "${optimizer.kind}" ${what}`);
  };
  if (!Array.isArray(update) || update.length !== 2) {
    return fail(`must give a parameter and its slots, [param, slots], for ${path}: got ${describeValue(update)}`);
  }
  const [next, slots] = update as [unknown, Slots | undefined];
  const check = (what: string, value: unknown): void => {
    if (!(value instanceof Tensor)) fail(`gave no ${what}: expected ${formatType(w)}`);
    else if (value.dtype !== w.dtype || !sameShape(value.shape, w.shape)) {
      fail(`gave ${formatType(value)} as ${what}: expected ${formatType(w)}`);
    }
  };
  check(`new ${path}`, next);
  for (const slot of optimizer.slots) check(`slot "${slot}" of ${path}`, slots?.[slot]);
  const extra = Object.keys(slots ?? {}).find((slot) => !optimizer.slots.includes(slot));
  if (extra !== undefined) fail(`gave a slot "${extra}" of ${path} that is not in its list of slots`);
  return update as [Tensor, Slots];
}
