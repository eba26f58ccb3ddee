import { useMemo, useRef } from "react";
import { Chart, type Curve } from "../../components/chart.tsx";
import { Switch } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { significant } from "../../i18n/numbers.ts";
import { gameCode } from "./code.ts";
import type { Game } from "./game.ts";
import { texts } from "./texts.ts";
import { stepOf, useGameView } from "./use-game.ts";

/** The loss against steps, and where on it the character stands. */
export function LossFigure({ game }: { game: Game }) {
  const m = useMessages(texts);
  const { view, set } = useGameView();
  const { loss } = game.settings;
  const { descent } = game.walks[loss];
  const step = descent === undefined ? 0 : stepOf(view.step, descent);
  /** The index heard last: the chart says it again whenever it is drawn. */
  const heard = useRef<number | null>(null);
  const x = useMemo(() => Float64Array.from({ length: descent?.losses.length ?? 0 }, (_, k) => k), [descent]);
  const curves = useMemo((): readonly Curve[] => {
    if (descent === undefined) return [];
    const values = Array.from(descent.losses, (value) =>
      Number.isFinite(value) && (!view.isLog || value > 0) ? value : null,
    );
    return [
      { label: m.losses[loss], values, colour: "positive", width: 2 },
      {
        label: m.chart.now,
        values: values.map((value, k) => (k === step ? value : null)),
        colour: "negative",
        points: true,
      },
    ];
  }, [descent, step, loss, view.isLog, m]);
  return (
    <Figure
      title={m.chart.title}
      code={gameCode.descent}
      caption={
        <>
          <Words text={m.chart.caption} />{" "}
          {descent && m.provenance(m.losses[loss], String(step), significant(descent.settings.rate, 2))}
        </>
      }
      tools={
        <Switch isSelected={view.isLog} onChange={(isLog) => set({ isLog })}>
          {m.chart.log}
        </Switch>
      }
    >
      {descent && (
        <Chart
          label={m.chart.title}
          xLabel={m.chart.step}
          x={x}
          curves={curves}
          height={210}
          isLog={view.isLog}
          onPoint={(index) => {
            if (index === heard.current) return;
            heard.current = index;
            if (index !== null) set({ step: index });
          }}
        />
      )}
    </Figure>
  );
}
