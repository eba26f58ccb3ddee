import type { Checkup, Finding, ParamHealth } from "glassnet";
import { Button } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Icon } from "../../components/icon.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, percent, signed, significant } from "../../i18n/numbers.ts";
import type { EpochScores } from "../../worker/history.ts";
import { useLive } from "../../worker/hooks.tsx";
import type { Info } from "../../worker/protocol.ts";
import { useSelection } from "../../workspace/hooks.tsx";
import { trainCode } from "./code.ts";
import { texts } from "./texts.ts";

/** What the doctor of the library says of the training: named faults, and the numbers behind them. */
export function HealthFigure({ info }: { info: Info }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { data, trouble } = useLive("train/health", undefined, { everyMs: 3000 });
  const checkup = data?.checkup;
  const caption =
    data &&
    m.healthCaption(count(data.rows, language), count(data.step, language)) +
      (data.silenced > 0 ? ` ${m.silencedNote(count(data.silenced, language))}` : "");
  return (
    <Figure title={m.healthFigure} code={trainCode.health} caption={caption} className="train-health">
      {trouble && <TroubleNotice trouble={trouble} />}
      {checkup && (
        <>
          {checkup.findings.length === 0 ? (
            <p className="train-well">
              <Icon name="check" /> {m.healthy}
            </p>
          ) : (
            <ul className="train-findings">
              {checkup.findings.map((found, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: findings have no name, and are made anew each time
                <FindingRow key={i} found={found} info={info} />
              ))}
            </ul>
          )}
          <Facts checkup={checkup} last={data.last} />
          <ParamTable params={checkup.params} info={info} />
        </>
      )}
    </Figure>
  );
}

/** The linear layer that a finding is about, if it is about one. */
function layerOf(found: Finding, info: Info): string | undefined {
  const facts = found.facts as Readonly<Record<string, unknown>>;
  const where = [facts.param, facts.layer, facts.what].find((text) => typeof text === "string") as string | undefined;
  return info.model.layers.find(
    ({ path, activationPath }) =>
      where !== undefined && (where === activationPath || where.replace(/^.*?(layers\.\d+).*$/, "$1") === path),
  )?.path;
}

function FindingRow({ found, info }: { found: Finding; info: Info }) {
  const m = useMessages(texts);
  const [, select] = useSelection();
  const [message, advice] = m.finding(found);
  const layer = layerOf(found, info);
  return (
    <li className={`train-finding train-${found.severity}`} data-fault={found.fault}>
      <span className="train-severity">
        <Icon name={found.severity === "note" ? "check" : "warning"} size={16} />
        {m.severities[found.severity]}
      </span>
      <div>
        <p>{message}</p>
        <p className="muted">{advice}</p>
      </div>
      {layer !== undefined && (
        <Button kind="quiet" onPress={() => select({ layer, unit: 0 })} label={m.showLayerOf(layer)}>
          {m.showLayer}
        </Button>
      )}
    </li>
  );
}

function Facts({ checkup, last }: { checkup: Checkup; last: EpochScores | null }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { initialLoss, units, data } = checkup;
  const off = units.reduce((sum, { dead, saturated }) => sum + dead.length + saturated.length, 0);
  const all = units.reduce((sum, unit) => sum + unit.units, 0);
  const hasScores = last?.training && last.validation;
  const gap = !hasScores
    ? m.gapNone
    : last.training.accuracy !== undefined && last.validation.accuracy !== undefined
      ? m.points(signed(100 * (last.training.accuracy - last.validation.accuracy), 1))
      : signed(last.training.loss - last.validation.loss, 4);
  return (
    <dl className="train-facts">
      <div>
        <dt>{m.initialLoss}</dt>
        <dd className="number">{initialLoss === null ? "–" : significant(initialLoss.loss, 4)}</dd>
        <dd className="train-from number">
          {initialLoss === null
            ? m.notMeasured
            : `${m.expected(String(data.classCounts?.length ?? ""))}: ${significant(initialLoss.expected, 4)}`}
        </dd>
      </div>
      <div>
        <dt>
          <Term id="overfitting">{m.gap}</Term>
        </dt>
        <dd className="number">{gap}</dd>
        <dd className="train-from number">
          {hasScores ? m.atEpoch(count(last.epoch, language), count(last.step, language)) : ""}
        </dd>
      </div>
      <div>
        <dt>
          <Term id="dead-neuron">{m.deadUnits}</Term>
        </dt>
        <dd className="number">{all === 0 ? "–" : percent(off / all)}</dd>
        <dd className="train-from number">{m.ofUnits(count(off, language), count(all, language))}</dd>
      </div>
    </dl>
  );
}

/** Where a ratio lies between a millionth and 1, as a share of the way, by powers of ten. */
const placeOf = (ratio: number): number => Math.max(0, Math.min(1, (Math.log10(Math.max(ratio, 1e-12)) + 6) / 6));

function ParamTable({ params, info }: { params: readonly ParamHealth[]; info: Info }) {
  const m = useMessages(texts);
  const [selection, select] = useSelection();
  return (
    <table className="train-table train-params">
      <caption className="visually-hidden">
        {m.paramTable}. {m.ratioHint}
      </caption>
      <thead>
        <tr>
          <th scope="col">{m.param}</th>
          <th scope="col" className="train-right">
            <Term id="gradient">{m.gradient}</Term>
          </th>
          <th scope="col" className="train-right">
            {m.ratio}
          </th>
          <td className="train-strip-head train-strip-cell" />
        </tr>
      </thead>
      <tbody>
        {params
          .filter(({ rank }) => rank >= 2)
          .map(({ path, gradNorm, updateRatio }) => {
            const layer = path.replace(/\.weight$/, "");
            const isLayer = info.model.layers.some((known) => known.path === layer);
            return (
              <tr key={path} aria-selected={selection.layer === layer}>
                <th scope="row">
                  {isLayer ? (
                    <button type="button" className="train-link" onClick={() => select({ layer, unit: 0 })}>
                      {path}
                    </button>
                  ) : (
                    path
                  )}
                </th>
                <td className="number train-right">{significant(gradNorm, 3)}</td>
                <td className="number train-right">{updateRatio === null ? "–" : significant(updateRatio, 3)}</td>
                <td className="train-strip-cell">
                  <span className="train-strip" aria-hidden="true">
                    <span className="train-strip-band" />
                    {updateRatio !== null && (
                      <span className="train-strip-mark" style={{ left: `${100 * placeOf(updateRatio)}%` }} />
                    )}
                  </span>
                </td>
              </tr>
            );
          })}
      </tbody>
    </table>
  );
}
