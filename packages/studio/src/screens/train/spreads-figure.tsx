import { useCallback, useEffect, useState } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, percent, significant } from "../../i18n/numbers.ts";
import { useClient, useLive, useUnit } from "../../worker/hooks.tsx";
import type { Info } from "../../worker/protocol.ts";
import { trainCode } from "./code.ts";
import type { Histogram } from "./histogram.ts";
import { type SpreadKind, type Spreads, spreadKinds } from "./histograms.ts";
import { paintRidges } from "./paint-ridges.ts";
import { texts } from "./texts.ts";
import { LayerSelect } from "./weights-figure.tsx";

/** How weights, activations and gradients of a layer are spread, from the start until now. */
export function SpreadsFigure({ info }: { info: Info }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const client = useClient();
  const chosen = useUnit();
  const { data, trouble } = useLive("train/spreads", undefined, { everyMs: 3000 });
  const [more, setMore] = useState<Spreads | undefined>(undefined);
  // What was not counted yet, because a request has to be quick, is asked for again.
  useEffect(() => {
    setMore(undefined);
    let isWanted = data !== undefined && data.missing > 0;
    const ask = async (): Promise<void> => {
      while (isWanted) {
        const next = await client.request("train/spreads");
        if (!isWanted) return;
        setMore(next);
        if (next.missing === 0) return;
      }
    };
    ask().catch(() => undefined); // the next answer of the live request says why
    return () => {
      isWanted = false;
    };
  }, [client, data]);
  const shown = more ?? data;
  const path = chosen?.layer.path;
  const found = path === undefined ? undefined : shown?.layers[path];
  return (
    <Figure
      title={m.spreadsFigure}
      code={trainCode.spreads}
      caption={shown && m.spreadsCaption(count(shown.rows, language))}
      className="train-spreads"
    >
      {trouble && <TroubleNotice trouble={trouble} />}
      <div className="train-tools">
        <LayerSelect info={info} />
      </div>
      {found !== undefined && shown !== undefined && (
        <div className="train-ridges">
          {spreadKinds.map((kind) => (
            <Ridges
              key={kind}
              kind={kind}
              layer={path!}
              histograms={found.map((spread) => spread[kind])}
              steps={shown.steps}
            />
          ))}
        </div>
      )}
    </Figure>
  );
}

interface RidgesProps {
  readonly kind: SpreadKind;
  readonly layer: string;
  readonly histograms: readonly Histogram[];
  readonly steps: readonly number[];
}

function Ridges({ kind, layer, histograms, steps }: RidgesProps) {
  const m = useMessages(texts);
  const language = useLanguage();
  const now = histograms.at(-1)!;
  const number = (x: number): string => significant(x, 3);
  const name = m.spreadKinds[kind];
  // biome-ignore lint/correctness/useExhaustiveDependencies: steps come with their histograms
  const paint = useCallback(
    (brush: Brush) =>
      paintRidges(
        histograms,
        steps.map((step) => count(step, language)),
      )(brush),
    [JSON.stringify(histograms), language],
  );
  return (
    <div>
      <h3 className="train-sub">{name}</h3>
      <Canvas label={m.spreadLabel(name, layer, number(now.mean), number(now.std))} height={190} paint={paint} />
      <p className="muted number train-note">{m.spreadNow(number(now.mean), number(now.std), percent(now.zeros))}</p>
      <div className="visually-hidden">
        <table>
          <caption>{name}</caption>
          <thead>
            <tr>
              <th scope="col">{m.spreadRow.step}</th>
              <th scope="col">{m.spreadRow.mean}</th>
              <th scope="col">{m.spreadRow.std}</th>
              <th scope="col">{m.spreadRow.zeros}</th>
            </tr>
          </thead>
          <tbody>
            {histograms.map((histogram, i) => (
              <tr key={steps[i]}>
                <th scope="row">{count(steps[i]!, language)}</th>
                <td>{number(histogram.mean)}</td>
                <td>{number(histogram.std)}</td>
                <td>{percent(histogram.zeros)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
