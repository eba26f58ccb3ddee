import type { BlockingDevice, SyncDevice } from "../../src/backends/backend.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import type { RunResult } from "../../src/program/program.ts";
import { type ExpectedRun, expectedRuns } from "./expected.ts";
import type { FuzzCase } from "./fuzz-case.ts";
import type { Bounded } from "./slack.ts";

/** How much a check has looked at. */
export interface Coverage {
  /** Elements that were compared, and those of them for which slack is finite. */
  elements: number;
  bounded: number;
  /** Runs that could not be compared, because rounding decides whether a guard closes. */
  open: number;
}

function faultOf(
  what: string,
  got: TypedArray | undefined,
  expected: readonly Bounded[],
  seen: Coverage,
): string | undefined {
  if (got === undefined) return `${what} is missing`;
  const length = expected.reduce((sum, { data }) => sum + data.length, 0);
  if (got.length !== length) return `${what} has ${got.length} elements, expected ${length}`;
  let at = 0;
  for (const { data, slack } of expected) {
    for (let i = 0; i < data.length; i++, at++) {
      seen.elements++;
      if (slack[i] === Number.POSITIVE_INFINITY) continue;
      seen.bounded++;
      const [x, y] = [got[at]!, data[i]!];
      if (x === y || Math.abs(x - y) <= slack[i]! || (Number.isNaN(x) && Number.isNaN(y))) continue;
      return `${what}: element ${at} is ${x}, expected ${y} ± ${slack[i]}`;
    }
  }
  return undefined;
}

function compare(got: RunResult, expected: ExpectedRun, seen: Coverage): string | undefined {
  if (got.steps !== expected.steps || got.stopped !== expected.stopped) {
    return `ran ${got.steps} steps, stopped: ${got.stopped}; expected ${expected.steps}, ${expected.stopped}`;
  }
  for (const [name, rows] of Object.entries(expected.perStep)) {
    const fault = faultOf(`each step "${name}"`, got.perStep[name], rows, seen);
    if (fault !== undefined) return fault;
  }
  for (const [name, value] of Object.entries(expected.outputs)) {
    const fault = faultOf(`output "${name}"`, got.outputs[name], [value], seen);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function writeStates(device: SyncDevice, { states }: FuzzCase): void {
  for (const [name, type] of states) device.write(name, type, type.data);
}

/** Runs a case on a device. @returns what differs from the reference by more than it may; undefined if nothing does. */
export function checkCase(device: BlockingDevice, fuzzCase: FuzzCase, seen: Coverage): string | undefined {
  const { sync } = device;
  const { program, states, requests } = fuzzCase;
  writeStates(sync, fuzzCase);
  const loaded = sync.load(program);
  try {
    for (const [i, expected] of expectedRuns(fuzzCase).entries()) {
      if (expected === undefined) {
        seen.open++;
        return undefined;
      }
      const fault = compare(sync.run(loaded, requests[i]!), expected, seen);
      if (fault !== undefined) return `run ${i}: ${fault}`;
      for (const [name, value] of expected.states) {
        const fault = faultOf(`state "${name}"`, sync.read(name), [value], seen);
        if (fault !== undefined) return `after run ${i}: ${fault}`;
      }
    }
    return undefined;
  } finally {
    sync.unload(loaded);
    sync.free([...states.keys()]);
  }
}
