import type { backpropHandlers } from "../screens/backprop/worker.ts";
import type { drawHandlers } from "../screens/draw/worker.ts";
import type { gameHandlers } from "../screens/game/worker.ts";
import type { microscopeHandlers } from "../screens/microscope/worker.ts";
import type { profitHandlers } from "../screens/profit/worker.ts";
import type { trainHandlers } from "../screens/train/worker.ts";
import type { coreHandlers } from "./core/index.ts";
import type { Handlers } from "./handler.ts";

/** The requests there are, by family. A screen's own stand in its `worker.ts`, and are loaded with the first of them. */
export interface Families {
  readonly core: typeof coreHandlers;
  readonly draw: typeof drawHandlers;
  readonly microscope: typeof microscopeHandlers;
  readonly train: typeof trainHandlers;
  readonly backprop: typeof backpropHandlers;
  readonly profit: typeof profitHandlers;
  readonly game: typeof gameHandlers;
}

export const families: { readonly [F in keyof Families]: () => Promise<Handlers> } = {
  core: async () => (await import("./core/index.ts")).coreHandlers,
  draw: async () => (await import("../screens/draw/worker.ts")).drawHandlers,
  microscope: async () => (await import("../screens/microscope/worker.ts")).microscopeHandlers,
  train: async () => (await import("../screens/train/worker.ts")).trainHandlers,
  backprop: async () => (await import("../screens/backprop/worker.ts")).backpropHandlers,
  profit: async () => (await import("../screens/profit/worker.ts")).profitHandlers,
  game: async () => (await import("../screens/game/worker.ts")).gameHandlers,
};
