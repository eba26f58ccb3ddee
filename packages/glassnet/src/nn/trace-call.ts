import type { DType } from "../core/dtype.ts";
import { DtypeError, UsageError } from "../core/errors.ts";
import { formatType, type Shape } from "../core/shape.ts";
import { currentScope } from "../tensor/trace.ts";
import { type TracedProgram, traceProgram } from "../tensor/trace-program.ts";
import { type Variable, variablesOf } from "../tensor/variable.ts";
import type { Layer } from "./layer.ts";
import { Run } from "./run.ts";

/**
 * One call of a model for one example, without computing it. The example is of f32, or of i32 if the model takes indices.
 *
 * @param inputShape without the batch axis
 * @param newRun is asked for each attempt
 * @throws UsageError if the call reads a variable that is not found among the model's fields: it would be neither trained
 * nor saved.
 */
export function traceCall(where: string, model: Layer, inputShape: Shape, newRun = () => new Run()): TracedProgram {
  const found = new Set(variablesOf(model).values());
  const traceWith = (dtype: DType): TracedProgram =>
    traceProgram(
      ({ input }) => {
        const x = input({ dtype, shape: [1, ...inputShape] }, { kind: "feed", name: "x" });
        return { outputs: { y: model.call(x, newRun()) } };
      },
      (variable, index) => {
        if (!found.has(variable)) throw hiddenVariable(where, variable);
        return { kind: "feed", name: `variable ${index}` };
      },
    );
  try {
    return traceWith("f32");
  } catch (error) {
    if (error instanceof DtypeError) return traceWith("i32");
    throw error;
  }
}

function hiddenVariable(where: string, variable: Variable): UsageError {
  const type = formatType(variable);
  const what = `the model reads a ${variable.constructor.name} of ${type} that is not found among its fields`;
  const error = new UsageError("unsupported", where, what, {
    help: "keep it, or the layer that owns it, in a public field of a Layer or Module, or in an array or plain object there",
    details: { dtype: variable.dtype, shape: variable.shape },
  });
  error.locate(currentScope());
  return error;
}
