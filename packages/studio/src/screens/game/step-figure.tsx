import { Figure } from "../../components/figure.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, significant } from "../../i18n/numbers.ts";
import { gameCode } from "./code.ts";
import { arrowScales } from "./draw-descent.ts";
import type { Game } from "./game.ts";
import { texts } from "./texts.ts";
import { lastOf, stepOf, useGameView } from "./use-game.ts";

/** One step in numbers: where it stands, the loss, its gradient, and where that leads. */
export function StepFigure({ game }: { game: Game }) {
  const m = useMessages(texts);
  const { view } = useGameView();
  const { loss } = game.settings;
  const { descent } = game.walks[loss];
  if (descent === undefined) {
    return (
      <Figure title={m.step.title}>
        <p className="muted">{m.outcome.walking}</p>
      </Figure>
    );
  }
  const k = stepOf(view.step, descent);
  const isLast = k === lastOf(descent);
  const pair = (list: Float64Array): readonly [number, number] => [list[2 * k]!, list[2 * k + 1]!];
  const [x, y] = pair(descent.at);
  const [gx, gy] = pair(descent.gradients);
  const [tx, ty] = pair(descent.to);
  const { rate, momentum, noise } = descent.settings;
  const { goal } = game.arena;
  const scales = arrowScales(descent);
  const rows: readonly (readonly [label: string, x: string, y: string, kind?: string])[] = [
    [m.step.at, fixed(x, 3), fixed(y, 3)],
    [m.step.gradient, significant(gx, 4), significant(gy, 4), "is-gradient"],
    ...(isLast ? [] : ([[m.step.move, significant(tx - x, 4), significant(ty - y, 4), "is-step"]] as const)),
    ...(isLast ? [] : ([[m.step.to, fixed(tx, 3), fixed(ty, 3)]] as const)),
  ];
  return (
    <Figure
      title={m.step.title}
      code={gameCode.gradient[loss]}
      caption={
        <>
          <Words text={m.step.caption} /> {m.step.scales(significant(scales.step, 2))}{" "}
          {m.provenance(m.losses[loss], String(k), significant(rate, 2))}
        </>
      }
    >
      <p className="game-rule">{momentum > 0 || noise > 0 ? m.step.ruleAll : m.step.rule}</p>
      <table className="game-table" data-testid="game-step">
        <thead>
          <tr>
            <th scope="col">{m.step.stepOf(String(k), String(lastOf(descent)))}</th>
            <th scope="col" className="is-number">
              x
            </th>
            <th scope="col" className="is-number">
              y
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, a, b, kind]) => (
            <tr key={label} className={kind}>
              <th scope="row">{label}</th>
              <td className="is-number">{a}</td>
              <td className="is-number">{b}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="game-numbers">
        <div>
          <dt>{m.step.loss[loss]}</dt>
          <dd>{significant(descent.losses[k]!, 5)}</dd>
        </div>
        <div>
          <dt>{m.step.slope}</dt>
          <dd>{significant(Math.hypot(gx, gy), 4)}</dd>
        </div>
        <div>
          <dt>{m.step.left}</dt>
          <dd>{significant(Math.hypot(goal.x - x, goal.y - y), 4)}</dd>
        </div>
      </dl>
      {descent.blocked[k] === 1 && <p className="game-note">{m.step.blocked}</p>}
      {isLast && <p className="game-note">{m.outcomes[descent.outcome]}</p>}
    </Figure>
  );
}
