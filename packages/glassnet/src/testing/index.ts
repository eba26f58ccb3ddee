/** @file For authors of operations, layers and backends: checks that fail with a reason. */

export {
  expectGradient,
  expectGraphGradient,
  type GradientCheckOptions,
  type GraphCheckOptions,
  type GraphFunction,
} from "./check-gradient.ts";
export { expectClose, type Tolerance } from "./expect-close.ts";
export { GradientError, type GradientFacts } from "./gradient-error.ts";
