import type { BlockPlan } from "./block.ts";
import type { LoweredInstruction } from "./lower.ts";
import { nodesOfUnit, readsOf } from "./unit.ts";

/** @file Which states get their next value, and which scratch the next result, where they lie, instead of in a second place. */

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
  instructions.forEach(({ unit }, i) => {
    for (const { output } of nodesOfUnit(unit)) if (output !== undefined) makers.set(output, i);
  });
  const lastReads = lastReadsOf(instructions);
  return new Set(
    writes.filter(({ state, next }) => {
      const maker = makers.get(next);
      if (maker === undefined || held.has(state)) return false;
      const lastRead = lastReads.get(state) ?? -1;
      return lastRead < maker || (lastRead === maker && overwrites(instructions[maker]!, state, next));
    }),
  );
}

/**
 * Scratch that can take the place of other scratch: a block reads the one for the last time as it stores the other, number
 * by number.
 *
 * @param canMove of memory, whether it is scratch that nobody reads after the instructions
 * @param bytesOf of memory
 * @returns for the memory that is stored, that whose place it takes
 */
export function scratchInPlace(
  instructions: readonly LoweredInstruction[],
  canMove: (memory: number) => boolean,
  bytesOf: (memory: number) => number,
): ReadonlyMap<number, number> {
  const made = new Set<number>();
  const lastReads = lastReadsOf(instructions);
  const homes = new Map<number, number>();
  const left = new Set<number>();
  instructions.forEach((instruction, i) => {
    const { unit, plan } = instruction;
    if (unit.kind === "block" && plan === undefined) return; // fills what the block is going to add to
    const ending = [...new Set(readsOf(unit))].filter((root) => lastReads.get(root) === i && made.has(root));
    for (const { output } of nodesOfUnit(unit)) {
      if (output === undefined || made.has(output)) continue;
      made.add(output);
      if (!canMove(output)) continue;
      const home = ending.find(
        (root) =>
          canMove(root) &&
          !left.has(root) &&
          bytesOf(root) === bytesOf(output) &&
          overwrites(instruction, root, output),
      );
      if (home === undefined) continue;
      left.add(home);
      homes.set(output, home);
    }
  });
  return homes;
}

/** Of memory, the number of the last instruction that reads it. */
function lastReadsOf(instructions: readonly LoweredInstruction[]): ReadonlyMap<number, number> {
  return new Map(instructions.flatMap(({ unit }, i) => [...readsOf(unit)].map((root) => [root, i] as const)));
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
