import type { TensorType } from "../core/shape.ts";
import type { Value, ValueOf } from "./graph.ts";
import type { Attrs, Inputs, PrimName } from "./prim.ts";

/** Makes a node of some kind: a graph's `Value`, or a lazy tensor. Operands and attributes are already checked. */
export interface Emitter<V extends TensorType> {
  emit<P extends PrimName>(prim: P, inputs: Inputs<P, V>, attrs: Attrs<P>): V;
}

/** The type of a primitive's result, from the contract table of `ops/`; throws if the operands do not fit. */
export type Infer = <P extends PrimName>(prim: P, inputs: Inputs<P, TensorType>, attrs: Attrs<P>) => TensorType;

/** Emits graph values. `scope` is stamped on each; set it to say on whose behalf the next ones are made. */
export class GraphBuilder implements Emitter<Value> {
  readonly #infer: Infer;
  scope = "";

  constructor(infer: Infer) {
    this.#infer = infer;
  }

  emit<P extends PrimName>(prim: P, inputs: Inputs<P, Value>, attrs: Attrs<P>): Value {
    const { dtype, shape } = this.#infer(prim, inputs as Inputs<P, TensorType>, attrs);
    const value: ValueOf<P> = { prim, inputs, attrs, dtype, shape, scope: this.scope };
    return value as unknown as Value; // a union over P cannot be formed from a generic P
  }

  input(type: TensorType, name: string): ValueOf<"input"> {
    return this.emit("input", [], { dtype: type.dtype, shape: type.shape, name }) as ValueOf<"input">;
  }
}
