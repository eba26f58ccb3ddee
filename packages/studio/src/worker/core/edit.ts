import { markUnit, silence, type UnitChange } from "../edit.ts";
import type { Handlers } from "../handler.ts";
import type { Session } from "../session.ts";
import { StudioError } from "../trouble.ts";
import { checkUnits, linearAt } from "./weights.ts";

export const editHandlers = {
  /** Changes a unit by hand. The answer is the change that takes it back. */
  edit: async (
    session: Session,
    { layer: path, unit, change }: { layer: string; unit: number; change: UnitChange },
  ): Promise<UnitChange> => {
    await session.current();
    const layer = linearAt(session, path);
    checkUnits(layer, [unit]);
    const { inFeatures: n } = layer;
    const { weights, bias, isSilenced, isFrozen } = change;
    checkNumbers(weights, bias, n);
    if (bias !== undefined && layer.bias === undefined) throw new StudioError("not-there", `${path} has no bias`);
    const info = session.info().model.layers.find((known) => known.path === path)!;
    if (isSilenced === true && info.activationPath === null) {
      throw new StudioError("not-there", `${path} has no activation behind it that could be silenced`);
    }
    const before: UnitChange = {
      ...(weights && { weights: Float32Array.from(layer.weight.value.stored!.subarray(unit * n, (unit + 1) * n)) }),
      ...(bias !== undefined && { bias: layer.bias!.value.stored![unit]! }),
      ...(isSilenced !== undefined && { isSilenced: info.silenced.includes(unit) }),
      ...(isFrozen !== undefined && { isFrozen: info.frozen.includes(unit) }),
    };
    const marks = markUnit(session.marks, path, unit, change);
    await session.revise((variables) => {
      if (weights !== undefined) variables[`${path}.weight`]!.data.set(weights, unit * n);
      if (bias !== undefined) variables[`${path}.bias`]!.data[unit] = bias;
    }, marks);
    if (isSilenced !== undefined) await session.reshape(silence(session.project.model, marks));
    return before;
  },
} satisfies Handlers;

function checkNumbers(weights: Float32Array | undefined, bias: number | undefined, n: number): void {
  if (weights !== undefined && weights.length !== n) {
    throw new StudioError("not-there", `the unit has ${n} weights, got ${weights.length}`);
  }
  if (weights?.every(Number.isFinite) === false || (bias !== undefined && !Number.isFinite(Math.fround(bias)))) {
    throw new StudioError("not-there", "weights must be finite numbers");
  }
}
