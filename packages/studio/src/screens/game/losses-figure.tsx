import { Figure } from "../../components/figure.tsx";
import { Icon } from "../../components/icon.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, significant } from "../../i18n/numbers.ts";
import { gameCode } from "./code.ts";
import { dashes } from "./draw-descent.ts";
import type { Game } from "./game.ts";
import { texts } from "./texts.ts";
import { lastOf, useGameView } from "./use-game.ts";
import { lossNames } from "./walk-params.ts";

/** All losses side by side, from the same start to the same goal. */
export function LossesFigure({ game }: { game: Game }) {
  const m = useMessages(texts);
  const { set } = useGameView();
  return (
    <Figure
      className="game-wide"
      title={m.compare.title}
      code={gameCode.gradient.walking}
      caption={<Words text={game.arena.walls.length > 0 ? m.compare.caption : m.compare.captionOpen} />}
    >
      <div className="game-scroll">
        <table className="game-table" data-testid="game-compare">
          <thead>
            <tr>
              <th scope="col">{m.settings.loss}</th>
              <th scope="col" className="is-number">
                {m.compare.rate}
              </th>
              <th scope="col">{m.compare.end}</th>
              <th scope="col" className="is-number">
                {m.outcome.steps}
              </th>
              <th scope="col" className="is-number">
                {m.outcome.way}
              </th>
              <th scope="col" className="is-number">
                {m.outcome.straight}
              </th>
              <th scope="col" className="is-number">
                {m.outcome.shortest}
              </th>
              <th scope="col" className="is-number">
                {m.outcome.ratio}
              </th>
            </tr>
          </thead>
          <tbody>
            {lossNames.map((loss) => {
              const { descent } = game.walks[loss];
              const isShown = loss === game.settings.loss;
              return (
                <tr
                  key={loss}
                  data-loss={loss}
                  data-outcome={descent?.outcome}
                  className={isShown ? "is-shown" : undefined}
                >
                  <th scope="row">
                    <button
                      type="button"
                      className="game-pick"
                      aria-pressed={isShown}
                      onClick={() => set({ loss, step: -1 })}
                    >
                      <svg width="22" height="8" aria-hidden="true" focusable="false">
                        <line
                          x1="0"
                          y1="4"
                          x2="22"
                          y2="4"
                          strokeDasharray={isShown ? "none" : dashes[loss].join(" ") || "none"}
                        />
                      </svg>
                      {m.losses[loss]}
                    </button>
                  </th>
                  {descent === undefined ? (
                    <td colSpan={7} className="muted">
                      {m.outcome.walking}
                    </td>
                  ) : (
                    <>
                      <td className="is-number">{significant(descent.settings.rate, 2)}</td>
                      <td>
                        <span className={`game-end ${descent.outcome === "goal" ? "is-good" : "is-bad"}`}>
                          <Icon name={descent.outcome === "goal" ? "check" : "warning"} size={15} />
                          {m.ends[descent.outcome]}
                        </span>
                      </td>
                      <td className="is-number">{lastOf(descent)}</td>
                      <td className="is-number">{fixed(descent.walked.at(-1) ?? 0, 2)}</td>
                      <td className="is-number">{fixed(descent.straight, 2)}</td>
                      <td className="is-number">{fixed(descent.shortest, 2)}</td>
                      <td className="is-number">{descent.ratio === null ? "–" : fixed(descent.ratio, 4)}</td>
                    </>
                  )}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Figure>
  );
}
