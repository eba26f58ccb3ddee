import { NumberField, Segments, Slider } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Icon } from "../../components/icon.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, significant } from "../../i18n/numbers.ts";
import { gameCode } from "./code.ts";
import type { Game } from "./game.ts";
import { texts } from "./texts.ts";
import { lastOf, useGameView } from "./use-game.ts";
import { lossNames, walkLimits } from "./walk-params.ts";

/** Rates near these are taken to be them: a slider of powers of ten seldom hits a round number. */
const round = (rate: number): number => Number(rate.toPrecision(2));

/** What is descended on and how, and how it ended. */
export function SettingsFigure({ game }: { game: Game }) {
  const m = useMessages(texts);
  const { view, set } = useGameView();
  const { settings } = game;
  const { loss, rate, momentum, noise } = settings;
  const [low, high] = walkLimits.rate[loss];
  return (
    <Figure title={m.settings.title} caption={<Words text={m.settings.about[loss]} />}>
      <div className="stack">
        <Segments
          label={m.settings.loss}
          choices={lossNames.map((id) => ({ id, label: m.shortLosses[id] }))}
          value={loss}
          onChange={(next) => set({ loss: next, step: -1 })}
        />
        <Slider
          label={m.settings.rate}
          value={Math.log10(rate)}
          min={low}
          max={high}
          step={0.01}
          onChange={(x) => set({ [loss]: round(10 ** x), step: -1 })}
          text={() => significant(rate, 2)}
        />
        <Slider
          label={m.settings.momentum}
          value={momentum}
          min={0}
          max={walkLimits.momentum.max}
          step={0.05}
          onChange={(x) => set({ momentum: x, step: -1 })}
          text={(x) => fixed(x, 2)}
        />
        <Slider
          label={m.settings.noise}
          value={noise}
          min={0}
          max={walkLimits.noise.max}
          step={0.05}
          onChange={(x) => set({ noise: x, step: -1 })}
          text={(x) => fixed(x, 2)}
        />
        {noise > 0 && (
          <NumberField
            label={m.settings.seed}
            value={view.seed}
            min={0}
            max={999_999}
            step={1}
            onChange={(next) => set({ seed: next, step: -1 })}
          />
        )}
        <div className="row">
          {m.settings.tries(loss).map(({ label, to }) => (
            <button
              key={label}
              type="button"
              className="game-try"
              onClick={() => set({ [loss]: to.rate, momentum: to.momentum ?? 0, noise: to.noise ?? 0, step: -1 })}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
    </Figure>
  );
}

/** How the walk ended, and its way beside the straight line and the shortest way. */
export function OutcomeFigure({ game }: { game: Game }) {
  const m = useMessages(texts);
  const { loss } = game.settings;
  const { descent, isFresh } = game.walks[loss];
  return (
    <Figure title={m.outcome.title} code={gameCode.way} caption={descent && m.outcome.caption(m.losses[loss])}>
      {descent === undefined ? (
        <p className="muted">{m.outcome.walking}</p>
      ) : (
        <div
          className="game-outcome"
          data-testid="game-outcome"
          data-outcome={descent.outcome}
          data-fresh={isFresh}
          data-loss={descent.settings.loss}
        >
          <p className={`game-verdict ${descent.outcome === "goal" ? "is-good" : "is-bad"}`} role="status">
            <Icon name={descent.outcome === "goal" ? "check" : "warning"} />
            <span>{m.outcomes[descent.outcome]}</span>
          </p>
          <dl className="game-numbers">
            <div>
              <dt>{m.outcome.steps}</dt>
              <dd>{lastOf(descent)}</dd>
            </div>
            <div>
              <dt>{m.outcome.way}</dt>
              <dd>{fixed(descent.walked.at(-1) ?? 0, 2)}</dd>
            </div>
            <div>
              <dt>{m.outcome.straight}</dt>
              <dd>{fixed(descent.straight, 2)}</dd>
            </div>
            <div>
              <dt>{m.outcome.shortest}</dt>
              <dd>{fixed(descent.shortest, 2)}</dd>
            </div>
            <div>
              <dt>{m.outcome.ratio}</dt>
              <dd data-testid="game-ratio">{descent.ratio === null ? "–" : fixed(descent.ratio, 4)}</dd>
            </div>
          </dl>
        </div>
      )}
    </Figure>
  );
}
