import type { Device } from "../backends/backend.ts";
import type { Tensor } from "./tensor.ts";
import type { Variable } from "./variable.ts";

/**
 * @file Variables as state on devices: one copy a device, which all compiled functions share. Tensors are immutable, so
 * a copy is stale exactly when the variable holds another tensor than the one that was written.
 */

interface Residents {
  /** What each variable's copy holds. */
  readonly written: WeakMap<Variable, Tensor>;
  /** Frees the copies of variables that nobody can reach any more. */
  readonly forgotten: FinalizationRegistry<string>;
}

const residents: WeakMap<Device, Residents> = /* @__PURE__ */ new WeakMap();

function residentsOf(device: Device): Residents {
  const known = residents.get(device);
  if (known !== undefined) return known;
  const free = (name: string) => void device.free([name]); // behind a run that may be under way
  const made = { written: new WeakMap(), forgotten: new FinalizationRegistry(free) };
  residents.set(device, made);
  return made;
}

/** Name of a variable's state. */
export const stateName = (variable: Variable): string => `variable ${variable.id}`;

/** The variables whose copy on the device is stale, with what it must become; that may still have to be computed. */
export function staleOn(device: Device, variables: readonly Variable[]): { variable: Variable; value: Tensor }[] {
  const { written } = residentsOf(device);
  const stale: { variable: Variable; value: Tensor }[] = [];
  for (const variable of variables) {
    const { value } = variable;
    if (written.get(variable) !== value) stale.push({ variable, value });
  }
  return stale;
}

/** Notes that the copy on the device holds `value` now. */
export function noteWritten(device: Device, variable: Variable, value: Tensor): void {
  const { written, forgotten } = residentsOf(device);
  if (!written.has(variable)) forgotten.register(variable, stateName(variable));
  written.set(variable, value);
}
