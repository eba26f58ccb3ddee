import { UsageError } from "../core/errors.ts";
import { formatType, type Shape } from "../core/shape.ts";
import { currentScope } from "../tensor/trace.ts";
import { type TracedProgram, traceProgram } from "../tensor/trace-program.ts";
import { type Variable, variablesOf } from "../tensor/variable.ts";
import type { Layer } from "./layer.ts";
import { Run } from "./run.ts";

/**
 * One call of a model for one example, without computing it.
 *
 * @param inputShape without the batch axis
 * @throws UsageError if the call reads a variable that is not found among the model's fields: it would be neither trained
 * nor saved.
 */
export function traceCall(where: string, model: Layer, inputShape: Shape, run = new Run()): TracedProgram {
  const found = new Set(variablesOf(model).values());
  return traceProgram(
    ({ input }) => {
      const x = input({ dtype: "f32", shape: [1, ...inputShape] }, { kind: "feed", name: "x" });
      return { outputs: { y: model.call(x, run) } };
    },
    (variable, index) => {
      if (!found.has(variable)) throw hiddenVariable(where, variable);
      return { kind: "feed", name: `variable ${index}` };
    },
  );
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
