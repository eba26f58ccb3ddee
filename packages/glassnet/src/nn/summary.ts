import { BYTES_PER_ELEMENT } from "../core/dtype.ts";
import { UsageError } from "../core/errors.ts";
import { formatBytes, formatCount } from "../core/format.ts";
import { formatShape, type Shape, sizeOf, type TensorType } from "../core/shape.ts";
import { flopsOf } from "../program/cost.ts";
import { computeSync } from "../tensor/compute.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Variable, visit } from "../tensor/variable.ts";
import { Activation } from "./activation.ts";
import { FunctionLayer } from "./function-layer.ts";
import { Layer, type LayerConfig } from "./layer.ts";
import { Run } from "./run.ts";
import { Sequential } from "./sequential.ts";
import { traceCall } from "./trace-call.ts";

export interface LayerSummary {
  readonly path: string;
  /** Kind and sizes, such as `linear 784 → 128`. */
  readonly title: string;
  /** For one example; of the first call, if there are several. */
  readonly outputShape: Shape;
  /** Trainable numbers of the layer itself, without the layers inside it. */
  readonly parameters: number;
  /** Floating-point operations of all its calls for one example, a multiplication and an addition counted as two. */
  readonly flops: number;
}

export interface ModelSummary {
  readonly layers: readonly LayerSummary[];
  readonly inputShape: Shape;
  readonly parameters: number;
  /** Numbers that are saved but not trained on. */
  readonly states: number;
  /** Bytes of parameters and states. */
  readonly bytes: number;
  readonly flops: number;
  /** Bytes of all layers' outputs for one example. */
  readonly activationBytes: number;
}

function titleOf(layer: Layer): string {
  if (layer instanceof Activation || layer instanceof FunctionLayer) return layer.name;
  if (layer instanceof Sequential) return "sequential";
  const { kind, ...options } = configOf(layer);
  if (kind === "linear") return `linear ${String(options.inFeatures)} → ${String(options.outFeatures)}`;
  const plain = Object.entries(options).filter(([, value]) => typeof value !== "object");
  return [kind, ...plain.map(([name, value]) => `${name}=${String(value)}`)].join(" ");
}

/** A layer that cannot be saved can be summarised: by the name of its class. */
function configOf(layer: Layer): LayerConfig {
  try {
    return layer.config();
  } catch (error) {
    if (error instanceof UsageError) return { kind: layer.constructor.name };
    throw error;
  }
}

/** The path of the layer that has a variable among its fields, or in arrays and objects there. */
function ownerOf(path: string, layers: ReadonlyMap<string, Layer>): string {
  const parts = path.split(".");
  while (parts.length > 0 && !layers.has(parts.join("."))) parts.pop();
  return parts.join(".");
}

/** Every path that others go on from. */
function containersOf(paths: readonly string[]): Set<string> {
  const containers = new Set<string>();
  for (const path of paths) {
    if (path !== "") containers.add("");
    for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1)) {
      const before = path.slice(0, end);
      if (containers.has(before)) break; // and so are those before it
      containers.add(before);
    }
  }
  return containers;
}

/**
 * What a model is made of, and what one example costs. `inputShape` is without the batch axis.
 *
 * @throws UsageError if the model reads a parameter that is not found among its fields; ShapeError if the input does not fit.
 */
export function summarize(model: Layer, inputShape: Shape): ModelSummary {
  const calls: { path: string; layer: Layer; output: TensorType }[] = [];
  const layers = new Map<string, Layer>();
  const own = new Map<string, number>(); // parameters by the layer that they belong to
  let [parameters, states, bytes] = [0, 0, 0];
  const seen = new Set<Variable>();
  visit(model, "", (part, path) => {
    if (!(part instanceof Variable)) {
      if (part instanceof Layer && !layers.has(path)) layers.set(path, part);
      return;
    }
    if (seen.has(part)) return;
    seen.add(part);
    const size = sizeOf(part.shape);
    bytes += size * BYTES_PER_ELEMENT[part.dtype];
    if (!part.trainable) {
      states += size;
      return;
    }
    parameters += size;
    const owner = ownerOf(path, layers);
    own.set(owner, (own.get(owner) ?? 0) + size);
  });
  const onCall = (path: string, _: Tensor, output: Tensor) => {
    const layer = layers.get(path);
    if (layer !== undefined) calls.push({ path, layer, output });
  };
  const newRun = () => {
    calls.length = 0;
    return new Run({ onCall });
  };
  const traced = traceCall("summary", model, inputShape, newRun);
  computeSync(traced.outside); // constants that the model made before: they cost nothing per example
  const program = traced.buildAsTraced(); // each layer counts its own work, shared or not
  const flopsAt = new Map<string, number>();
  for (const instruction of program.instructions) {
    const flops = flopsOf(program, instruction);
    if (flops > 0) flopsAt.set(instruction.scope, (flopsAt.get(instruction.scope) ?? 0) + flops);
  }

  // Containers that compute nothing themselves are left out: what they hold stands in the list.
  const containers = containersOf(calls.map(({ path }) => path));
  const isListed = (path: string) => own.has(path) || flopsAt.has(path) || !containers.has(path);
  const firsts = new Map(calls.map(({ path }, i) => [path, i] as const).toReversed()); // the last entry of a path stays
  const rows = calls
    .filter(({ path }, i) => isListed(path) && firsts.get(path) === i)
    .map(
      ({ path, layer, output }): LayerSummary => ({
        path,
        title: titleOf(layer),
        outputShape: output.shape.slice(1),
        parameters: own.get(path) ?? 0,
        flops: flopsAt.get(path) ?? 0,
      }),
    );
  return {
    layers: rows,
    inputShape,
    parameters,
    states,
    bytes,
    flops: [...flopsAt.values()].reduce((sum, n) => sum + n, 0),
    activationBytes: calls
      .filter(({ path }) => isListed(path))
      .reduce((sum, { output: { dtype, shape } }) => sum + BYTES_PER_ELEMENT[dtype] * sizeOf(shape), 0),
  };
}

/**
 * The model as a table: layers, shapes, parameters, floating-point operations and memory.
 *
 * @example summary(model, [784]); // text of several lines
 */
export function summary(model: Layer, inputShape: Shape): string {
  const { layers, parameters, states, bytes, flops, activationBytes } = summarize(model, inputShape);
  const head = ["layer", "", "output", "parameters", "FLOPs"];
  const rows = layers.map(({ path, title, outputShape, parameters: own, flops: cost }) => [
    path === "" ? "model" : path,
    title,
    formatShape(outputShape),
    formatCount(own),
    formatCount(cost),
  ]);
  const table = [head, ["input", "", formatShape(inputShape), "", ""], ...rows];
  const widths = head.map((_, column) => table.reduce((width, row) => Math.max(width, row[column]!.length), 0));
  const isNumeric = (column: number) => column >= 3;
  const lines = table.map((row) =>
    row
      .map((cell, column) => (isNumeric(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const total = widths.reduce((sum, width) => sum + width + 2, -2);
  lines.splice(1, 0, "─".repeat(total));
  lines.push("─".repeat(total));
  const extra = states === 0 ? "" : `, ${formatCount(states)} numbers of state`;
  lines.push(`${formatCount(parameters)} parameters${extra} (${formatBytes(bytes)})`);
  lines.push(`${formatCount(flops)} FLOPs and ${formatBytes(activationBytes)} of activations for one example`);
  return lines.join("\n");
}
