import type { DType } from "../core/dtype.ts";
import { ShapeError } from "../core/errors.ts";
import { formatType, type Shape, sameShape, type TensorType } from "../core/shape.ts";
import { isPlainObject, joinPath } from "../core/tree.ts";
import type { Tensor } from "./tensor.ts";
import { noteAssignment, standIn } from "./trace.ts";

let nextId = 0;

/**
 * A named place that holds a tensor and keeps its identity when the tensor is replaced. In a trace it is an input,
 * never a constant; after the trace (or at once, outside of one) an assignment takes effect.
 */
export abstract class Variable implements TensorType {
  /** Whether gradient descent may change it. */
  abstract readonly trainable: boolean;
  readonly dtype: DType;
  readonly shape: Shape;
  /** @internal Names its state on devices. */
  readonly id: number = nextId++;
  #value: Tensor;

  constructor(value: Tensor) {
    this.dtype = value.dtype;
    this.shape = value.shape;
    this.#value = value;
  }

  /** The present value; inside a trace, the tensor that stands for it. */
  get value(): Tensor {
    return standIn(this) ?? this.#value;
  }

  /**
   * Replaces the value. Inside a trace the new value is taken over at the end of the call.
   *
   * @throws ShapeError if dtype or shape differ.
   */
  assign(value: Tensor): void {
    if (value.dtype !== this.dtype || !sameShape(value.shape, this.shape)) {
      throw new ShapeError("shape-mismatch", "assign", `expected ${formatType(this)}, got ${formatType(value)}`, {
        details: {
          expected: { dtype: this.dtype, shape: this.shape },
          got: { dtype: value.dtype, shape: value.shape },
        },
      });
    }
    if (!noteAssignment(this, value)) this.#value = value;
  }
}

/** A trainable variable: a weight or a bias. */
export class Param extends Variable {
  override readonly trainable = true;
}

/** A variable that training does not descend on, such as running statistics; see `Run.assign`. */
export class State extends Variable {
  override readonly trainable = false;
}

/** Something that owns variables in its fields: a layer, or a class of one's own. */
export abstract class Module {
  /** @internal Exists in types only: without it, every object would pass for a module. */
  declare protected readonly isModule: true;
}

/**
 * All variables below `root`, by path such as `layers.0.weight`, in the order of the fields. One that is shared stands
 * under its first path.
 */
export function variablesOf(root: unknown): Map<string, Variable> {
  const found = new Map<string, Variable>();
  visit(root, "", (value, path) => {
    if (value instanceof Variable) found.set(path, value);
  });
  return found;
}

/** The trainable ones of `variablesOf(root)`. */
export function paramsOf(root: unknown): Map<string, Param> {
  return new Map([...variablesOf(root)].filter((entry): entry is [string, Param] => entry[1] instanceof Param));
}

/**
 * Calls `see` for every variable and module below `root`, owners first, each once: what is shared is seen under its first
 * path, and what refers to itself comes to an end.
 */
export function visit(
  root: unknown,
  path: string,
  see: (value: Variable | Module, path: string) => void,
  seen: Set<unknown> = new Set(),
): void {
  const isModule = root instanceof Module;
  const isVariable = root instanceof Variable;
  if (!(isModule || isVariable || Array.isArray(root) || isPlainObject(root)) || seen.has(root)) return;
  seen.add(root);
  if (isModule || isVariable) see(root, path);
  if (isVariable) return;
  for (const [key, part] of Object.entries(root)) visit(part, joinPath(path, key), see, seen);
}
