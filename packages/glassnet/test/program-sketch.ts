import type { TensorType } from "../src/core/shape.ts";
import { GraphBuilder } from "../src/ir/builder.ts";
import type { Value, ValueOf } from "../src/ir/graph.ts";
import { infer } from "../src/ops/all.ts";
import { Ops } from "../src/ops/operations.ts";
import { buildProgram, type ProgramSpec } from "../src/program/build.ts";
import type { Program, Source } from "../src/program/program.ts";

/** A program that a test writes down by hand: inputs of any kind, operations on them, and what is to come of it. */
export class ProgramSketch {
  readonly builder = new GraphBuilder(infer);
  readonly o = new Ops<Value>(this.builder);
  readonly #sources = new Map<ValueOf<"input">, Source>();

  /** An input, named for its kind and place unless it has a name. */
  input(kind: "state" | "row" | "feed", type: TensorType, name = `${kind}${this.#sources.size}`): ValueOf<"input"> {
    const value = this.builder.input(type, name);
    this.#sources.set(value, { kind, name });
    return value;
  }

  feed(shape: TensorType["shape"], dtype: TensorType["dtype"] = "f32"): Value {
    return this.input("feed", { dtype, shape }) as Value;
  }

  program(parts: Omit<ProgramSpec, "sources">): Program {
    return buildProgram({ sources: this.#sources, ...parts });
  }

  /** The program whose outputs are the values, `y0` and on. */
  programOf(...values: readonly Value[]): Program {
    return this.program({ outputs: Object.fromEntries(values.map((value, i) => [`y${i}`, value])) });
  }
}
