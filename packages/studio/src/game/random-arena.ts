import type { Rng } from "glassnet";
import { type Arena, faultsOf, openArena, type Wall } from "./arena.ts";
import { drawPlace } from "./goal-split.ts";
import { Terrain } from "./terrain.ts";

/** An arena with `walls` walls anywhere, overlapping or not, and a start and a goal between which there is a way. */
export function drawArena(rng: Rng, walls: number): Arena {
  const between = (low: number, high: number): number => low + (high - low) * rng.next();
  for (let tries = 0; tries < 1000; tries++) {
    const { width, height } = openArena;
    const drawn = Array.from({ length: walls }, (): Wall => {
      const isLong = rng.next() < 0.7;
      const [length, thickness] = [between(10, 45), between(2, 6)];
      const isUpright = rng.next() < 0.5;
      const size = isLong ? length : between(4, 14);
      const [w, h] = isUpright ? [isLong ? thickness : size, size] : [size, isLong ? thickness : size];
      return { x: between(-5, width - w + 5), y: between(-5, height - h + 5), width: w, height: h };
    });
    const blank = new Terrain({ ...openArena, start: { x: 0, y: 0 }, goal: { x: 0, y: 0 } });
    const place = () => drawPlace(blank, rng);
    const arena = { ...openArena, walls: drawn, start: place(), goal: place() };
    if (faultsOf(arena).length > 0) continue;
    if (Number.isFinite(new Terrain(arena).walkingDistance(arena.start))) return arena;
  }
  throw new RangeError(`no arena with ${walls} walls has a way`);
}
