import type { Arena } from "../../game/arena.ts";
import type { GameLoss } from "../../game/losses.ts";
import type { WalkState } from "./use-game.ts";
import type { WalkSettings } from "./walk-params.ts";

/** The first part of the screen as its figures share it. */
export interface Game {
  readonly arena: Arena;
  /**
   * Shows another arena; `undefined`, when what was wanted is none that can be played, changes nothing. With `from`, the arena before
   * the deed began, the deed can be taken back.
   */
  readonly change: (next: Arena | undefined, from?: Arena) => void;
  /** Of the loss that is looked at. */
  readonly settings: WalkSettings;
  /** Walks on every loss, each with its own rate. */
  readonly walks: Readonly<Record<GameLoss, WalkState>>;
}
