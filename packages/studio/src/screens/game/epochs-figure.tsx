import { useMemo } from "react";
import { Chart, type Curve } from "../../components/chart.tsx";
import { Figure } from "../../components/figure.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { useStore } from "../../workspace/hooks.tsx";
import { gameCode } from "./code.ts";
import { learning } from "./learning.ts";
import { texts } from "./texts.ts";

/** Attempts and the loss, epoch by epoch. */
export function EpochsFigure() {
  const m = useMessages(texts);
  const policy = useStore(learning, (now) => now.policy);
  const learnt = useMemo(() => policy?.reports.filter(({ epoch }) => epoch > 0) ?? [], [policy]);
  const x = useMemo(() => learnt.map(({ epoch }) => epoch), [learnt]);
  const counts = useMemo(
    (): readonly Curve[] => [
      { label: m.epochs.attempts, values: learnt.map(({ attempts }) => attempts), colour: "muted", dash: [5, 4] },
      { label: m.epochs.reached, values: learnt.map(({ reached }) => reached), colour: "positive", width: 2 },
    ],
    [learnt, m],
  );
  const losses = useMemo(
    (): readonly Curve[] => [
      { label: m.epochs.loss, values: learnt.map(({ loss }) => loss), colour: "negative", width: 2 },
    ],
    [learnt, m],
  );
  return (
    <Figure
      title={m.epochs.title}
      code={gameCode.update}
      caption={
        <>
          <Words text={m.epochs.caption} /> {policy && learnt.length > 0 && m.epochs.provenance(String(policy.seed))}
        </>
      }
    >
      {learnt.length === 0 ? (
        <div className="game-empty">
          <p>{m.epochs.none}</p>
        </div>
      ) : (
        <div className="stack">
          <Chart label={m.epochs.attempts} xLabel={m.epochs.epoch} x={x} curves={counts} height={170} />
          <Chart label={m.epochs.loss} xLabel={m.epochs.epoch} x={x} curves={losses} height={150} />
        </div>
      )}
    </Figure>
  );
}
