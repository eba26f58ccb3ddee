import { useCallback, useEffect, useMemo, useState } from "react";
import { type Arena, openArena, walledArena } from "../../game/arena.ts";
import type { GameLoss } from "../../game/losses.ts";
import { useMessages } from "../../i18n/language.tsx";
import { useJob } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useView, useWorkspace } from "../../workspace/hooks.tsx";
import { arenaText, readArena } from "./arena-text.ts";
import type { Descent } from "./descend.ts";
import { texts } from "./texts.ts";
import { lossNames, startRates, type WalkSettings, walkLimits } from "./walk-params.ts";

/** What the screen remembers of itself. */
const defaults = {
  /** Start, goal and walls; with walls at first. */
  arena: arenaText(walledArena),
  loss: "distance",
  distance: startRates.distance,
  squared: startRates.squared,
  walking: startRates.walking,
  momentum: 0,
  noise: 0,
  seed: 0,
  /** −1 for the last one. */
  step: -1,
  isLog: false,
  /** How the policy learns. */
  epochs: 20,
  policySeed: 1,
  /** Which epoch's attempts are drawn; −1 for the last one. */
  epoch: -1,
  showMap: true,
};

const isLoss = (name: string): name is GameLoss => lossNames.some((loss) => loss === name);
const cut = (x: number, low: number, high: number): number =>
  Number.isFinite(x) ? Math.min(high, Math.max(low, x)) : low;

export function useGameView() {
  const [view, set] = useView("game", defaults);
  return { view, set };
}

/** The settings of a walk on one loss, each within its bounds: an address may say anything. */
export function useWalkSettings(wanted?: GameLoss): WalkSettings {
  const { view } = useGameView();
  const loss = wanted ?? (isLoss(view.loss) ? view.loss : "distance");
  const [low, high] = walkLimits.rate[loss];
  const rate = cut(view[loss], 10 ** low, 10 ** high);
  const momentum = cut(view.momentum, 0, walkLimits.momentum.max);
  const noise = cut(view.noise, 0, walkLimits.noise.max);
  const seed = Math.round(cut(view.seed, 0, 999_999));
  return useMemo(() => ({ loss, rate, momentum, noise, seed }), [loss, rate, momentum, noise, seed]);
}

/** The arena, and how to change it so that it can be taken back. */
export function useArena() {
  const m = useMessages(texts);
  const { view, set } = useGameView();
  const { undo } = useWorkspace();
  const arena = useMemo((): Arena => readArena(view.arena) ?? walledArena, [view.arena]);
  /** What is shown now; with `from`, what was there before this deed began, it is noted. */
  const change = useCallback(
    (next: Arena, from?: Arena): void => {
      const after = arenaText(next);
      set({ arena: after, step: -1 });
      if (from === undefined) return;
      const before = arenaText(from);
      if (before === after) return;
      undo.note({
        label: m.arena.deed,
        redo: () => set({ arena: after, step: -1 }),
        undo: () => set({ arena: before, step: -1 }),
      });
    },
    [set, undo, m],
  );
  return { arena, change };
}

export const presets = { open: openArena, walls: walledArena } as const;

export interface WalkState {
  readonly descent: Descent | undefined;
  /** Whether it is that of the arena and settings of now. */
  readonly isFresh: boolean;
  readonly trouble: Trouble | undefined;
}

/** The walk in an arena, walked again when anything changes. The last one stays until the next is there. */
export function useDescent(arena: Arena, settings: WalkSettings): WalkState {
  const [{ result, trouble }, start] = useJob("game/descent");
  const [shown, setShown] = useState<{ descent: Descent; key: string } | undefined>(undefined);
  const key = JSON.stringify([arena, settings]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says whether the walk is another one
  useEffect(() => start({ arena, settings }), [key, start]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the result belongs to the key of when it came
  useEffect(() => {
    if (result !== undefined) setShown({ descent: result, key });
  }, [result]);
  return { descent: shown?.descent, isFresh: shown?.key === key, trouble };
}

/** Number of the last place of a walk. */
export const lastOf = ({ losses }: Descent): number => losses.length - 1;

/** The step that is looked at: the last one, unless another was chosen. */
export const stepOf = (step: number, descent: Descent): number =>
  step < 0 ? lastOf(descent) : Math.min(step, lastOf(descent));
