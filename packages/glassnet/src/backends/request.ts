import { allocate, isStorageOf, type TypedArray } from "../core/dtype.ts";
import { GraphError, UsageError } from "../core/errors.ts";
import { formatType, sameShape, sizeOf, type TensorType } from "../core/shape.ts";
import type { Program, RunRequest } from "../program/program.ts";

/** @file What every device checks of what it is given, before anything is changed. */

export function missingState(where: string, name: string): GraphError {
  return new GraphError("invalid-data", where, `state "${name}" has not been written`, { details: { name } });
}

/** @throws UsageError unless `data` is there, is the storage of the dtype and has `size` elements. */
export function checkData(
  where: string,
  what: string,
  type: TensorType,
  data: TypedArray | undefined,
  size: number,
  steps?: number,
): TypedArray {
  const wanted = steps === undefined ? formatType(type) : `${steps} rows of ${formatType(type)}`;
  if (data === undefined) {
    throw new UsageError("invalid-data", where, `${what} is missing`, { operands: { expected: wanted } });
  }
  const storage = allocate(type.dtype, 0).constructor.name;
  if (!isStorageOf(type.dtype, data)) {
    throw new UsageError("invalid-data", where, `${what} must be of type ${storage}, got ${data.constructor.name}`, {
      operands: { expected: wanted },
    });
  }
  if (data.length !== size) {
    throw new UsageError("invalid-data", where, `${what} must have ${size} elements, got ${data.length}`, {
      operands: { expected: wanted },
    });
  }
  return data;
}

/** @throws GraphError unless the state is of the type for which the program was compiled. */
export function checkState(name: string, state: TensorType, expected: TensorType): void {
  if (state.dtype === expected.dtype && sameShape(state.shape, expected.shape)) return;
  const code = state.dtype === expected.dtype ? "shape-mismatch" : "dtype-mismatch";
  throw new GraphError(code, "run", `state "${name}" is not what the program was compiled for`, {
    operands: { expected: formatType(expected), found: formatType(state) },
    details: { name },
  });
}

/** @throws UsageError unless the request has as many steps, and all feeds and tables, as the program needs. */
export function checkRequest({ buffers }: Program, { steps, feeds = {}, rows = {} }: RunRequest): void {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new UsageError("invalid-option", "run", `steps must be a whole number of at least 1, got ${steps}`);
  }
  for (const buffer of buffers) {
    const { source } = buffer;
    if (source.kind === "feed") {
      checkData("run", `feed "${source.name}"`, buffer, feeds[source.name], sizeOf(buffer.shape));
    } else if (source.kind === "row") {
      checkData("run", `table "${source.name}"`, buffer, rows[source.name], steps * sizeOf(buffer.shape), steps);
    }
  }
}

export const notLoaded = (): GraphError =>
  new GraphError("invalid-graph", "run", "the program is not loaded on this device");
