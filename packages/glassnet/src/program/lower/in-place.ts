import type { BlockPlan } from "./block.ts";
import type { LoweredInstruction } from "./lower.ts";
import { nodesOfUnit, readsOf } from "./unit.ts";

/** @file Which states get their next value where they lie, instead of in a second place. */

export interface Write {
  readonly state: number;
  readonly next: number;
}

/**
 * The writes that need no second place: nothing needs the value from before once the new one is stored. A step that a guard
 * may refuse must leave all states as they were, so its writes are not among them.
 *
 * @param held memory that is read after the instructions
 */
export function writesInPlace(
  writes: readonly Write[],
  instructions: readonly LoweredInstruction[],
  held: ReadonlySet<number>,
): ReadonlySet<Write> {
  const makers = new Map<number, number>();
  const lastReads = new Map<number, number>();
  instructions.forEach(({ unit }, i) => {
    for (const { output } of nodesOfUnit(unit)) if (output !== undefined) makers.set(output, i);
    for (const root of readsOf(unit)) lastReads.set(root, i);
  });
  return new Set(
    writes.filter(({ state, next }) => {
      const maker = makers.get(next);
      if (maker === undefined || held.has(state)) return false;
      const lastRead = lastReads.get(state) ?? -1;
      return lastRead < maker || (lastRead === maker && overwrites(instructions[maker]!, state, next));
    }),
  );
}

/** Whether a block has read each number of the state before it stores the one that takes its place. */
function overwrites({ unit, plan }: LoweredInstruction, state: number, next: number): boolean {
  if (plan === undefined || unit.kind !== "block") return false;
  if (unit.product !== undefined && [unit.product.a.root, unit.product.b.root].includes(state)) return false;
  const stored = plan.outputs.filter(({ memory }) => memory === next);
  const [output] = stored;
  if (output === undefined || stored.length > 1 || output.fold !== 0 || output.extent !== "full") return false;
  const loaded = plan.inputs.filter(({ memory }) => memory === state);
  return loaded.every(
    ({ slot, extent, offset, strides }) =>
      extent === "full" &&
      offset === 0 &&
      strides.every((stride, d) => stride === output.strides[d] || plan.sizes[d] === 1) &&
      lastUse(plan, slot) <= firstStore(plan, output.slot),
  );
}

/** Slots may be the memory itself. An operation may take and give the same numbers: it handles each for itself. */
const lastUse = ({ ops }: BlockPlan, slot: number): number => ops.findLastIndex(({ from }) => from.includes(slot));

const firstStore = ({ ops }: BlockPlan, slot: number): number => ops.findIndex(({ to }) => to === slot);
