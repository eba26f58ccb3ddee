import type { ComponentType } from "react";
import { type LazyExoticComponent, lazy } from "react";
import type { ScreenId } from "./routes.ts";

type Screen = LazyExoticComponent<ComponentType>;

/** What each screen shows: loaded when it is opened first. */
export const screens: Readonly<Record<ScreenId, Screen>> = {
  draw: lazy(async () => ({ default: (await import("../screens/draw/index.tsx")).DrawScreen })),
  microscope: lazy(async () => ({ default: (await import("../screens/microscope/index.tsx")).MicroscopeScreen })),
  train: lazy(async () => ({ default: (await import("../screens/train/index.tsx")).TrainScreen })),
  backprop: lazy(async () => ({ default: (await import("../screens/backprop/index.tsx")).BackpropScreen })),
  profit: lazy(async () => ({ default: (await import("../screens/profit/index.tsx")).ProfitScreen })),
  game: lazy(async () => ({ default: (await import("../screens/game/index.tsx")).GameScreen })),
};

/** The microscope as it stands at the right of every screen. */
export const Inspector: Screen = lazy(async () => ({
  default: (await import("../screens/microscope/inspector.tsx")).Inspector,
}));
