import { useEffect, useMemo, useRef, useState } from "react";
import { Canvas, type CanvasHandle } from "../../components/canvas.tsx";
import { Button, NumberField, Slider } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { useReducedMotion } from "../../components/theme.tsx";
import { Words } from "../../components/words.tsx";
import type { Arena } from "../../game/arena.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed } from "../../i18n/numbers.ts";
import { useClient } from "../../worker/hooks.tsx";
import { useStore } from "../../workspace/hooks.tsx";
import { readArena, wallsText } from "./arena-text.ts";
import { gameCode } from "./code.ts";
import { ratioOf } from "./draw-ground.ts";
import { paintTrails } from "./draw-trails.ts";
import type { EpochReport } from "./lab.ts";
import { learning, startLearning, stopLearning } from "./learning.ts";
import { OpenPolicy, useSituation } from "./open-policy.tsx";
import { RAYS } from "./rays.ts";
import { texts } from "./texts.ts";
import { useGameView } from "./use-game.ts";

const DRAW_MS = 900;

/** The arena in which the policy has learnt, with the start and goal of now. */
export function usePolicyArena(arena: Arena): { readonly arena: Arena; readonly isOther: boolean } {
  const policy = useStore(learning, ({ policy: now }) => now);
  return useMemo(() => {
    if (policy === null || policy.walls === wallsText(arena)) return { arena, isOther: false };
    const there = [`${arena.start.x}_${arena.start.y}`, `${arena.goal.x}_${arena.goal.y}`, policy.walls].filter(
      Boolean,
    );
    return { arena: readArena(there.join("~")) ?? arena, isOther: true };
  }, [policy, arena]);
}

/** A network that learns to walk by tracing the distance back through its own steps. */
export function PolicyFigure({ arena }: { arena: Arena }) {
  const m = useMessages(texts);
  const client = useClient();
  const language = useLanguage();
  const { view, set } = useGameView();
  const { isRunning, updates, of, policy, trouble } = useStore(learning);
  const { arena: walls, isOther } = usePolicyArena(arena);
  const reports = policy?.reports ?? [];
  const last = reports.length - 1;
  const shown = view.epoch < 0 || isRunning ? last : Math.min(view.epoch, last);
  const report = reports[shown];
  const start = (): void => {
    set({ epoch: -1 });
    const epochs = Math.round(Math.min(40, Math.max(1, view.epochs)));
    startLearning(client, { arena, seed: view.policySeed, epochs }, wallsText(arena));
  };
  return (
    <Figure
      className="game-plane"
      title={m.policy.title}
      code={gameCode.policy}
      caption={<Words text={m.policy.caption} />}
    >
      {report ? (
        <Trails key={reports.length > 0 ? policy?.seed : 0} arena={walls} report={report} isLive={isRunning} />
      ) : (
        <div className="game-empty">
          <p>{isRunning ? m.policy.starting : m.policy.none}</p>
        </div>
      )}
      <div className="game-player">
        {isRunning ? (
          <Button kind="primary" icon="pause" onPress={() => void stopLearning(client)}>
            {m.policy.stop}
          </Button>
        ) : (
          <Button kind="primary" icon="play" onPress={start}>
            {reports.length > 0 ? m.policy.again : m.policy.learn}
          </Button>
        )}
        <div className="game-slider">
          {isRunning ? (
            <div className="game-progress" role="status">
              <span className="muted number">
                {m.policy.progress(
                  String(Math.max(0, last)),
                  String(Math.max(1, Math.round(of / 50))),
                  count(updates, language),
                )}
              </span>
              <progress max={Math.max(1, of)} value={updates} aria-label={m.policy.learning} />
            </div>
          ) : (
            last > 0 && (
              <Slider
                label={m.policy.epoch}
                value={shown}
                min={0}
                max={last}
                step={1}
                onChange={(epoch) => set({ epoch })}
                text={(k) => (k === 0 ? m.policy.untaught : m.player.at(String(k), String(last)))}
              />
            )
          )}
        </div>
        <div className="game-numbers-in">
          <NumberField
            label={m.policy.epochs}
            value={view.epochs}
            min={1}
            max={40}
            step={1}
            isDisabled={isRunning}
            onChange={(epochs) => set({ epochs })}
          />
          <NumberField
            label={m.settings.seed}
            value={view.policySeed}
            min={0}
            max={999_999}
            step={1}
            isDisabled={isRunning}
            onChange={(policySeed) => set({ policySeed })}
          />
        </div>
      </div>
      {report && (
        <p className="game-note number" data-testid="game-epoch" data-epoch={report.epoch} data-running={isRunning}>
          {m.policy.report(
            String(report.epoch),
            String(report.trails.filter(({ isReached }) => isReached).length),
            String(report.trails.length),
            ratioText(report, m.none),
          )}
        </p>
      )}
      {trouble && <TroubleNotice trouble={trouble} />}
      {isOther && reports.length > 0 && <Notice kind="warning">{m.policy.otherWalls}</Notice>}
      {!isRunning && reports.length > 0 && <OpenPolicy arena={arena} />}
    </Figure>
  );
}

/** Way over shortest way of the arena's own start and goal. */
const ratioText = ({ trails: [own] }: EpochReport, none: string): string =>
  own === undefined || own.ratio === null ? none : fixed(own.ratio, 3);

/** The attempts of an epoch. New ones are drawn from their starts to their ends, once. */
function Trails({ arena, report, isLive }: { arena: Arena; report: EpochReport; isLive: boolean }) {
  const m = useMessages(texts);
  const canvas = useRef<CanvasHandle>(null);
  const isStill = useReducedMotion();
  const situation = useSituation();
  const [seen, setSeen] = useState(report);
  const paintAt = useMemo(
    () => (share: number) =>
      paintTrails({ arena, trails: report.trails, share, situation, words: m.plane.words }, RAYS),
    [arena, report, situation, m],
  );
  const isNew = seen !== report && isLive && !isStill;
  useEffect(() => {
    if (!isNew) {
      setSeen(report);
      return undefined;
    }
    const began = performance.now();
    let frame = 0;
    const draw = (): void => {
      const share = Math.min(1, (performance.now() - began) / DRAW_MS);
      canvas.current?.redraw(paintAt(share));
      if (share < 1) frame = requestAnimationFrame(draw);
      else setSeen(report);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [isNew, report, paintAt]);
  const paint = useMemo(() => paintAt(isNew ? 0 : 1), [paintAt, isNew]);
  const reached = report.trails.filter(({ isReached }) => isReached).length;
  return (
    <Canvas
      ref={canvas}
      className="game-canvas"
      label={m.policy.label(String(report.epoch), String(reached), String(report.trails.length))}
      ratio={ratioOf(arena)}
      paint={paint}
    />
  );
}
