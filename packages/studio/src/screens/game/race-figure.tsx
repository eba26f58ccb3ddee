import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Canvas, type CanvasHandle } from "../../components/canvas.tsx";
import { Button, Segments } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Words } from "../../components/words.tsx";
import type { Arena, Point } from "../../game/arena.ts";
import { CornerMap } from "../../game/corner-map.ts";
import { isTrainingGoal } from "../../game/goal-split.ts";
import { Terrain } from "../../game/terrain.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed } from "../../i18n/numbers.ts";
import { troubleIn, useClient } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useStore } from "../../workspace/hooks.tsx";
import { gameCode } from "./code.ts";
import { ratioOf, scaleFor } from "./draw-ground.ts";
import { paintRace } from "./draw-race.ts";
import { learning } from "./learning.ts";
import { usePolicyArena } from "./policy-figure.tsx";
import { drawRound, Race, type RaceStatus, type Rival, SPEED } from "./race.ts";
import { steering } from "./steering.ts";
import { texts } from "./texts.ts";

type RivalName = "policy" | "walking";

/** Against the policy, or against descent on the walking distance: by arrow keys, or by finger. */
export function RaceFigure({ arena }: { arena: Arena }) {
  const m = useMessages(texts);
  const policyArena = usePolicyArena(arena).arena;
  const hasPolicy = useStore(learning, ({ policy, isRunning }) => !isRunning && (policy?.reports.length ?? 0) > 1);
  const [wanted, setWanted] = useState<RivalName>("policy");
  const name: RivalName = hasPolicy ? wanted : "walking";
  const place = name === "policy" ? policyArena : arena;
  const [round, setRound] = useState<{ readonly start: Point; readonly goal: Point } | undefined>(undefined);
  const terrain = useMemo(() => new Terrain(place), [place]);
  const map = useMemo(() => new CornerMap(terrain), [terrain]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another arena the round begins from its own start
  useEffect(() => setRound(undefined), [terrain]);
  const { start, goal } = round ?? place;
  const { rival, trouble } = useRival(name, place, start, goal);
  const [turn, setTurn] = useState(0);
  const shortest = map.walkingDistance(start, goal);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another race
  const race = useMemo(() => rival && new Race(terrain, { start, goal }, rival), [terrain, start, goal, rival, turn]);
  const next = (): void =>
    setRound(
      drawRound(
        terrain,
        Math.random,
        (a, b) => map.walkingDistance(a, b),
        (to) => !isTrainingGoal(to),
      ),
    );
  return (
    <Figure
      className="game-wide"
      title={m.race.title}
      code={gameCode.way}
      caption={<Words text={m.race.caption} />}
      tools={
        hasPolicy && (
          <Segments
            label={m.race.against}
            isLabelHidden
            choices={[
              { id: "policy", label: m.race.policy },
              { id: "walking", label: m.race.walking },
            ]}
            value={name}
            onChange={setWanted}
          />
        )
      }
    >
      {trouble && <TroubleNotice trouble={trouble} />}
      {race ? (
        <Track
          key={`${turn}`}
          race={race}
          rivalName={m.race[name]}
          shortest={shortest}
          onAgain={() => setTurn(turn + 1)}
          onNext={next}
        />
      ) : (
        <p className="muted">{m.race.waiting}</p>
      )}
      {!hasPolicy && <p className="game-note">{m.race.noPolicy}</p>}
    </Figure>
  );
}

/** The way of the one who is raced. */
function useRival(name: RivalName, arena: Arena, start: Point, goal: Point) {
  const client = useClient();
  const version = useStore(learning, (now) => (name === "policy" ? now.version : 0));
  const [state, setState] = useState<{ rival?: Rival; trouble?: Trouble }>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: a policy that has learnt more walks another way
  useEffect(() => {
    let isWanted = true;
    const tell = (next: typeof state): void => {
      if (isWanted) setState(next);
    };
    const fail = (error: unknown): void => tell({ trouble: troubleIn(error) });
    if (name === "policy") {
      client.request("game/attempt", { start, goal }).then((trail) => {
        // Its longest step is 3 units.
        if (trail) tell({ rival: { path: trail.path, isReached: trail.isReached, secondsPerStep: 3 / SPEED } });
      }, fail);
    } else {
      const settings = { loss: "walking", rate: 1, momentum: 0, noise: 0, seed: 0 } as const;
      const job = client.job("game/descent", { arena: { ...arena, start, goal }, settings });
      job.done.then((descent) => {
        if (descent) {
          tell({ rival: { path: descent.at, isReached: descent.outcome === "goal", secondsPerStep: 1 / SPEED } });
        }
      }, fail);
    }
    return () => {
      isWanted = false;
    };
  }, [client, name, arena, start, goal, version]);
  return state;
}

interface TrackProps {
  readonly race: Race;
  readonly rivalName: string;
  readonly shortest: number;
  readonly onAgain: () => void;
  readonly onNext: () => void;
}

/** The plane on which both run. Frames are drawn without React; it hears of status alone. */
function Track({ race, rivalName, shortest, onAgain, onNext }: TrackProps) {
  const m = useMessages(texts);
  const canvas = useRef<CanvasHandle>(null);
  const place = useRef<HTMLDivElement>(null);
  const [status, setStatus] = useState<RaceStatus>(race.status);
  const words = useMemo(() => ({ ...m.race.words, goal: m.plane.words.goal, rival: rivalName }), [m, rivalName]);
  const paint = useMemo(() => paintRace(race, words), [race, words]);
  const tell = useCallback(() => {
    setStatus(race.status);
    canvas.current?.redraw();
  }, [race]);

  useEffect(() => {
    tell(); // another race has not begun
    const element = place.current?.querySelector("canvas");
    if (!element) return undefined;
    const pointToPlane = (px: number, py: number): Point => {
      const { width, height } = element.getBoundingClientRect();
      return scaleFor(race.terrain.arena, width, height).place(px, py);
    };
    return steering(element, race, { pointToPlane, onStatus: tell, onFrame: () => canvas.current?.redraw() });
  }, [race, tell]);

  const again = (): void => {
    onAgain();
    place.current?.querySelector("canvas")?.focus();
  };
  const toggle = (): void => {
    if (status === "over") return;
    if (race.status === "running") race.pause();
    place.current?.querySelector("canvas")?.focus();
    tell();
  };
  const rivalSeconds = race.rivalSeconds;
  return (
    <div className="game-track">
      <div ref={place}>
        <Canvas
          ref={canvas}
          className="game-canvas game-race"
          label={m.race.label}
          ratio={ratioOf(race.terrain.arena)}
          paint={paint}
          onKey={() => undefined}
        />
      </div>
      <div className="stack">
        <p
          className="game-verdict"
          role="status"
          data-testid="game-race"
          data-status={status}
          data-winner={race.winner}
        >
          <span>{status === "over" ? m.race.won(race.winner === "human", rivalName) : m.race.status[status]}</span>
        </p>
        <table className="game-table">
          <thead>
            <tr>
              <td />
              <th scope="col" className="is-number">
                {m.race.time}
              </th>
              <th scope="col" className="is-number">
                {m.outcome.way}
              </th>
              <th scope="col" className="is-number">
                {m.outcome.ratio}
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{m.race.words.you}</th>
              <td className="is-number">
                {race.humanSeconds === undefined ? "–" : m.race.seconds(fixed(race.humanSeconds, 2))}
              </td>
              <td className="is-number">{status === "over" ? fixed(race.walked, 1) : "–"}</td>
              <td className="is-number">
                {status === "over" ? fixed(wayOf(race.trail, race.goal) / shortest, 3) : "–"}
              </td>
            </tr>
            <tr>
              <th scope="row">{rivalName}</th>
              <td className="is-number">
                {rivalSeconds === undefined ? m.race.never : m.race.seconds(fixed(rivalSeconds, 2))}
              </td>
              <td className="is-number">{fixed(wayOf(race.rival.path), 1)}</td>
              <td className="is-number">
                {rivalSeconds === undefined ? "–" : fixed(wayOf(race.rival.path, race.goal) / shortest, 3)}
              </td>
            </tr>
          </tbody>
        </table>
        <div className="row">
          <Button icon="pause" isDisabled={status !== "running"} onPress={toggle}>
            {m.race.pause}
          </Button>
          <Button icon="reset" isDisabled={status === "ready"} onPress={again}>
            {m.race.again}
          </Button>
          <Button icon="forward" onPress={onNext}>
            {m.race.next}
          </Button>
        </div>
        <p className="game-note">{m.race.keys}</p>
      </div>
    </div>
  );
}

/** The length of a way, with what is left to the goal counted in. */
function wayOf(path: ArrayLike<number>, goal?: Point): number {
  let length = 0;
  for (let i = 2; i + 1 < path.length; i += 2)
    length += Math.hypot(path[i]! - path[i - 2]!, path[i + 1]! - path[i - 1]!);
  const [x, y] = [path[path.length - 2]!, path[path.length - 1]!];
  return goal === undefined ? length : length + Math.hypot(goal.x - x, goal.y - y);
}
