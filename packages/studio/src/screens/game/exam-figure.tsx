import { type KeyboardEvent, useMemo, useState } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Button } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Words } from "../../components/words.tsx";
import type { Arena } from "../../game/arena.ts";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, percent } from "../../i18n/numbers.ts";
import { useClient } from "../../worker/hooks.tsx";
import { useStore } from "../../workspace/hooks.tsx";
import { gameCode } from "./code.ts";
import { placeText } from "./draw-descent.ts";
import { ratioOf } from "./draw-ground.ts";
import { nearestTrail, paintExam } from "./draw-trails.ts";
import type { ExamReport } from "./lab.ts";
import { learning, sitExam } from "./learning.ts";
import { usePolicyArena } from "./policy-figure.tsx";
import { texts } from "./texts.ts";

/** 200 goals that were never seen in training. */
export function ExamFigure({ arena }: { arena: Arena }) {
  const m = useMessages(texts);
  const client = useClient();
  const { policy, isRunning } = useStore(learning);
  const { arena: walls } = usePolicyArena(arena);
  const [chosen, setChosen] = useState<number | null>(null);
  const exam = policy?.exam ?? null;
  const before = policy?.before ?? null;
  const shown = exam ?? before;
  const trails = shown?.trails ?? [];
  const paint = useMemo(() => paintExam({ arena: walls, trails: shown?.trails ?? [], chosen }), [walls, shown, chosen]);
  const onKey = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined || trails.length === 0) return;
    event.preventDefault();
    setChosen(((chosen ?? (by > 0 ? -1 : 0)) + by + trails.length) % trails.length);
  };
  const missed = trails.findIndex(({ isReached }, i) => !isReached && i > (chosen ?? -1));
  const trail = chosen === null ? undefined : trails[chosen];
  return (
    <Figure title={m.exam.title} code={gameCode.exam} caption={<Words text={m.exam.caption} />}>
      {shown === null ? (
        <div className="game-empty">
          <p>{m.exam.none}</p>
        </div>
      ) : (
        <div className="game-track">
          <Canvas
            className="game-canvas"
            label={m.exam.label(
              String(shown.trails.filter(({ isReached }) => isReached).length),
              String(shown.trails.length),
            )}
            ratio={ratioOf(walls)}
            paint={paint}
            onPoint={({ x, y, width, height }) => setChosen(nearestTrail(walls, trails, width, height, x, y))}
            onKey={onKey}
          />
          <div className="stack">
            <p className="game-legend">
              <span className="game-key is-reached">{m.exam.reached}</span>
              <span className="game-key is-missed">{m.exam.missed}</span>
              <span className="game-key is-unseen">{m.exam.unseen}</span>
            </p>
            <p className="game-note number" aria-live="polite">
              {trail === undefined
                ? m.exam.pick
                : m.exam.one(
                    String(chosen! + 1),
                    placeText(trail.start),
                    placeText(trail.goal),
                    trail.ratio === null ? m.exam.missed : fixed(trail.ratio, 3),
                  )}
            </p>
            <Results exam={isRunning ? null : exam} before={before} />
            <div className="row">
              <Button isDisabled={isRunning} onPress={() => void sitExam(client)}>
                {m.exam.again}
              </Button>
              {missed >= 0 && (
                <Button kind="quiet" onPress={() => setChosen(missed)}>
                  {m.exam.nextMissed}
                </Button>
              )}
            </div>
          </div>
        </div>
      )}
    </Figure>
  );
}

function Results({ exam, before }: { exam: ExamReport | null; before: ExamReport | null }) {
  const m = useMessages(texts);
  const rows = [
    ...(before ? [{ name: m.exam.before, report: before }] : []),
    ...(exam ? [{ name: exam.isOpen ? m.exam.now : m.exam.after(String(exam.epoch)), report: exam }] : []),
  ];
  return (
    <table
      className="game-table"
      data-testid="game-exam"
      data-share={exam?.share}
      data-ratio={exam?.medianRatio ?? undefined}
    >
      <thead>
        <tr>
          <td />
          <th scope="col" className="is-number">
            {m.exam.share}
          </th>
          <th scope="col" className="is-number">
            {m.exam.median}
          </th>
          <th scope="col" className="is-number">
            {m.exam.worst}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, report }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="is-number">{percent(report.share)}</td>
            <td className="is-number">{report.medianRatio === null ? "–" : fixed(report.medianRatio, 3)}</td>
            <td className="is-number">{report.worstRatio === null ? "–" : fixed(report.worstRatio, 3)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
