import { expect, test } from "vitest";
import { distance, openArena, walledArena } from "../../game/arena.ts";
import { CornerMap } from "../../game/corner-map.ts";
import { isTrainingGoal } from "../../game/goal-split.ts";
import { Terrain } from "../../game/terrain.ts";
import { drawRound, Race, SPEED } from "./race.ts";

const rival = { path: [12, 58, 49, 36, 86, 14], isReached: true, secondsPerStep: 1 };
const raceIn = (arena = openArena, other = rival): Race => new Race(new Terrain(arena), arena, other);

test("nobody moves before the race begins, and in a pause", () => {
  const race = raceIn();
  race.advance(0.02, { x: 1, y: 0 });
  expect([race.seconds, race.human]).toEqual([0, openArena.start]);
  race.begin();
  race.advance(0.02, { x: 1, y: 0 });
  race.pause();
  race.advance(0.02, { x: 1, y: 0 });
  expect([race.status, race.seconds]).toEqual(["paused", 0.02]);
  race.begin();
  expect(race.status).toBe("running");
});

test("the human is as fast in every direction, and no faster after a long frame", () => {
  for (const wish of [
    { x: 1, y: 0 },
    { x: 1, y: -1 },
    { x: 0.2, y: -0.1 },
  ]) {
    const race = raceIn();
    race.begin();
    race.advance(0.02, wish);
    expect(distance(race.human, race.start)).toBeCloseTo(0.02 * SPEED, 9);
    race.advance(9, { x: 0, y: 0 });
    expect(race.seconds).toBeCloseTo(0.07, 9);
  }
});

test("walls and the border stop the human", () => {
  const race = raceIn(walledArena);
  race.begin();
  for (let k = 0; k < 60; k++) race.advance(0.02, { x: 1, y: -1 });
  expect(race.terrain.isFree(race.human, 1e-9)).toBe(true);
  expect(race.human.x).toBe(27);
  const open = raceIn();
  open.begin();
  for (let k = 0; k < 300; k++) open.advance(0.02, { x: -1, y: 0 });
  expect(open.human.x).toBe(0);
});

test("whoever is there first wins; a rival that never arrives loses", () => {
  const run = (other: typeof rival) => {
    const race = raceIn(openArena, other);
    race.begin();
    for (let k = 0; k < 400 && race.status !== "over"; k++) {
      race.advance(0.02, { x: race.goal.x - race.human.x, y: race.goal.y - race.human.y });
    }
    expect(race.status).toBe("over");
    expect(race.walked).toBeCloseTo(race.humanSeconds! * SPEED, 6);
    return race.winner;
  };
  expect(run({ ...rival, secondsPerStep: 2 })).toBe("human");
  expect(run(rival)).toBe("rival");
  expect(run({ ...rival, isReached: false })).toBe("human");
  expect(raceIn().winner).toBeUndefined();
});

test("the rival runs between its places, and stays at the last one", () => {
  const race = raceIn();
  race.begin();
  for (let k = 0; k < 10; k++) race.advance(0.05, { x: 0, y: 0 });
  expect(race.rivalPlace.x).toBeCloseTo(12 + 37 / 2, 6);
  for (let k = 0; k < 100; k++) race.advance(0.05, { x: 0, y: 0 });
  expect(race.rivalPlace).toEqual({ x: 86, y: 14 });
  expect(race.rivalSeconds).toBe(2);
});

test("a new round is a way worth running to a goal of the kind that is asked for", () => {
  const terrain = new Terrain(walledArena);
  const map = new CornerMap(terrain);
  let state = 7;
  const random = (): number => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  for (let k = 0; k < 20; k++) {
    const round = drawRound(
      terrain,
      random,
      (a, b) => map.walkingDistance(a, b),
      (to) => !isTrainingGoal(to),
    )!;
    expect(terrain.isFree(round.start) && terrain.isFree(round.goal)).toBe(true);
    expect(isTrainingGoal(round.goal)).toBe(false);
    expect(map.walkingDistance(round.start, round.goal)).toBeGreaterThan(30);
  }
  expect(
    drawRound(
      terrain,
      random,
      () => 1,
      () => true,
    ),
  ).toBeUndefined();
});
