import { useCallback, useState } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Button, Slider } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { Value } from "../../components/value.tsx";
import type { Brush } from "../../draw/brush.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, percent, significant } from "../../i18n/numbers.ts";
import { troubleIn, useClient, useExample, useInfo } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { drawCode } from "./code.ts";
import { useAsked, useClassNames, useDrawView, useLooked } from "./desk.tsx";
import { drawDrops } from "./draw-drops.ts";
import { Provenance } from "./provenance.tsx";
import { DRAWS, type Removal, type RemovalParams } from "./removal.ts";
import { texts } from "./texts.ts";

/** So rarely would random units do as much, if it were chance. */
const SIGNIFICANT = 0.05;

interface Tested {
  readonly params: RemovalParams;
  readonly removal: Removal;
}

/** The test of an explanation: the network without the units that it names, and without others. */
export function TestFigure() {
  const m = useMessages(texts);
  const language = useLanguage();
  const client = useClient();
  const info = useInfo();
  const names = useClassNames();
  const example = useExample();
  const asked = useAsked();
  const [view, setView] = useDrawView();
  const [tested, setTested] = useState<Tested | null>(null);
  const hasMoved = useLooked(({ look }) => tested !== null && look !== null && look.step !== tested.removal.step);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const units = info?.model.layers.at(-2)?.outFeatures ?? 0;
  const most = Math.max(1, Math.min(16, units));
  const chosen = Math.max(1, Math.min(most, Math.round(view.count)));
  const params: RemovalParams | null =
    example === null || asked === null
      ? null
      : { example, classIndex: asked.classIndex, versus: asked.versus, count: chosen };

  const run = async (): Promise<void> => {
    if (params === null) return;
    setTrouble(null);
    try {
      setTested({ params, removal: await client.request("draw/remove", params) });
    } catch (error) {
      setTrouble(troubleIn(error));
    }
  };

  const removal = tested?.removal;
  const isOld =
    tested !== null &&
    (params === null ||
      hasMoved ||
      tested.params.example !== params.example ||
      tested.params.classIndex !== params.classIndex ||
      tested.params.versus !== params.versus);
  const paint = useCallback(
    (brush: Brush): void => {
      if (removal === undefined) return;
      drawDrops(brush, {
        drop: removal.drop,
        random: removal.randomDrops,
        labels: {
          axis: m.test.axis,
          strongest: m.test.strongest(String(removal.count)),
          random: m.test.random,
          number: (x) => fixed(x, 1),
        },
      });
    },
    [removal, m],
  );
  const nameOf = (i: number): string => names[i] ?? String(i);
  const mean = removal === undefined ? 0 : removal.randomDrops.reduce((sum, x) => sum + x, 0) / DRAWS;
  const meanShare =
    removal === undefined ? 0 : removal.random.reduce((sum, { probability }) => sum + probability, 0) / DRAWS;
  return (
    <Figure
      title={m.test.title}
      code={drawCode.test}
      caption={m.test.caption(<Term id="ablation">{m.words.ablation}</Term>, count(DRAWS, language))}
    >
      {units === 0 ? (
        <p className="draw-empty">{m.test.noHidden}</p>
      ) : (
        <div className="draw-test-tools">
          <Slider
            label={m.test.count}
            value={chosen}
            min={1}
            max={most}
            step={1}
            onChange={(next) => setView({ count: next })}
          />
          <Button kind="primary" onPress={() => void run()} isDisabled={params === null}>
            {m.test.button}
          </Button>
        </div>
      )}
      {trouble && <TroubleNotice trouble={trouble} />}
      {removal === undefined && units > 0 && <p className="draw-empty">{m.test.before}</p>}
      {removal !== undefined && tested !== null && (
        <div className={isOld ? "draw-old" : undefined}>
          <p className="draw-verdict" role="status">
            {isOld && <span className="muted">{m.test.old} </span>}
            {m.test.of(
              tested.params.versus === null
                ? m.evidence.why(nameOf(tested.params.classIndex))
                : m.evidence.versus(nameOf(tested.params.classIndex), nameOf(tested.params.versus)),
            )}{" "}
            <b>{removal.pValue <= SIGNIFICANT ? m.test.holds : m.test.fails}</b>{" "}
            {m.test.verdict(String(removal.atLeast), count(DRAWS, language), significant(removal.pValue, 2))}
          </p>
          <Canvas label={m.test.label(fixed(removal.drop, 3), fixed(mean, 3))} height={168} paint={paint} />
          <table className="draw-table">
            <thead>
              <tr>
                <th scope="col">{m.test.removed}</th>
                <th scope="col" className="draw-right">
                  {tested.params.versus === null ? m.test.logit : m.test.difference}
                </th>
                <th scope="col" className="draw-right">
                  {m.test.drop}
                </th>
                <th scope="col" className="draw-right">
                  {tested.params.versus === null ? m.test.probability : m.test.lead}
                </th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">{m.test.nothing}</th>
                <td className="draw-right">
                  <Value value={removal.intact.output} digits={3} />
                </td>
                <td className="draw-right">–</td>
                <td className="draw-right number">{percent(removal.intact.probability)}</td>
              </tr>
              <tr>
                <th scope="row">{m.test.strongest(String(removal.count))}</th>
                <td className="draw-right">
                  <Value value={removal.removed.output} digits={3} />
                </td>
                <td className="draw-right">
                  <b>
                    <Value value={removal.drop} digits={3} />
                  </b>
                </td>
                <td className="draw-right number">{percent(removal.removed.probability)}</td>
              </tr>
              <tr>
                <th scope="row">{m.test.randomMean(String(removal.count))}</th>
                <td className="draw-right">
                  <Value value={removal.intact.output - mean} digits={3} />
                </td>
                <td className="draw-right">
                  <Value value={mean} digits={3} />
                </td>
                <td className="draw-right number">{percent(meanShare)}</td>
              </tr>
            </tbody>
          </table>
          <p className="draw-counts">
            {m.test.units(removal.removed.units.join(", "), String(removal.active), String(removal.available))}{" "}
            {!isOld && <Provenance step={removal.step} />}
          </p>
        </div>
      )}
    </Figure>
  );
}
