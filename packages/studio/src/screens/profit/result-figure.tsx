import { Figure } from "../../components/figure.tsx";
import { Icon } from "../../components/icon.tsx";
import { Notice } from "../../components/notice.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { brief, fixed, percent, signed } from "../../i18n/numbers.ts";
import { profitCode } from "./code.ts";
import type { LabInfo } from "./lab.ts";
import { digitsFor, inputName, targetName, targetUnit, unitOf, withUnit } from "./names.ts";
import type { Search } from "./search.ts";
import { texts } from "./texts.ts";
import { usePlan, useSearch } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** The inputs that were found beside the true best ones, what they really earn, and what to beware of. */
export function ResultFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { search } = useSearch(info, view.fit);
  return (
    <Figure
      title={m.result.title}
      code={info.isCompany ? profitCode.result : profitCode.search}
      caption={info.isCompany ? m.result.caption : m.result.captionTable}
    >
      {search !== undefined && <Found info={info} search={search} />}
    </Figure>
  );
}

function Found({ info, search }: { info: LabInfo; search: Search }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { plan } = usePlan(info);
  const { best, truth, predictions, losses, inputs, reason } = search;
  const width = info.inputNames.length;
  const digits = digitsFor(info.targetLow, info.targetHigh);
  const money = (value: number): string => withUnit(fixed(value, digits), targetUnit(info, m));
  const ideal = truth?.best ?? null;
  const good = reason === "flat" || reason === "bound" || reason === "target" || reason === "precision";
  return (
    <div className="stack" data-testid="profit-result">
      <dl className="profit-figures">
        <div>
          <dt>{`${m.result.predicted} · ${targetName(info, m)}`}</dt>
          <dd>{money(predictions[best]!)}</dd>
        </div>
        {truth !== null && (
          <div>
            <dt>{m.result.really}</dt>
            <dd>{money(truth.found)}</dd>
          </div>
        )}
        {ideal !== null && (
          <div>
            <dt>{m.result.best}</dt>
            <dd>{money(ideal.profit)}</dd>
          </div>
        )}
        {truth?.regret !== null && truth?.regret !== undefined && (
          <div>
            <dt>{m.result.regret}</dt>
            <dd data-testid="profit-regret">{percent(Math.max(0, truth.regret), 2)}</dd>
          </div>
        )}
      </dl>
      <table className="profit-table">
        <thead>
          <tr>
            <th scope="col">{m.result.input}</th>
            <th scope="col" className="is-number">
              {m.result.found}
            </th>
            {ideal !== null && (
              <>
                <th scope="col" className="is-number">
                  {m.result.best}
                </th>
                <th scope="col" className="is-number">
                  {m.result.difference}
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {info.numbers.map(({ at, low, high, name }, i) => {
            const value = inputs[best * width + at]!;
            const places = Math.min(4, digitsFor(low, high));
            const stays = plan.numbers[i]!.isKnob ? "" : ` (${m.plan.fixed})`;
            return (
              <tr key={name}>
                <th scope="row">
                  {withUnit(inputName(info, i, m), "")}
                  <span className="muted">
                    {unitOf(info, i, m) !== "" && ` ${unitOf(info, i, m)}`}
                    {stays}
                  </span>
                </th>
                <td className="is-number" data-input={name}>
                  {fixed(value, places)}
                </td>
                {ideal !== null && (
                  <>
                    <td className="is-number">{fixed(ideal.inputs[at]!, places)}</td>
                    <td className="is-number">{signed(value - ideal.inputs[at]!, places)}</td>
                  </>
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p className={`profit-reason ${good ? "is-good" : "is-bad"}`}>
        <Icon name={good ? "check" : "warning"} />
        <span>
          {m.result.reasons[reason]} <span className="muted">{m.result.steps(String(search.steps - 1))}</span>
          {view.goal === "target" && <span className="muted"> {m.result.target(brief(losses[best]!, 3))}</span>}
        </span>
      </p>
      {search.atBounds.map(({ input, bound }) => {
        const { low, high } = plan.numbers[input]!;
        const value = withUnit(brief(bound === "low" ? low : high), unitOf(info, input, m));
        return <Notice key={input}>{m.result.atBound(inputName(info, input, m), value)}</Notice>;
      })}
      <Beware info={info} search={search} />
    </div>
  );
}

/** Whether the data know what was found. */
function Beware({ info, search }: { info: LabInfo; search: Search }) {
  const m = useMessages(texts);
  const { support, outside } = search;
  if (support.isOutside) {
    const number = (input: number, x: number): string => withUnit(brief(x, 4), unitOf(info, input, m));
    return (
      <Notice kind="warning">
        <strong>{m.result.outside}</strong>
        {support.beyond.map(({ input, value, low, high }) => (
          <p key={input}>
            {m.result.beyond(inputName(info, input, m), number(input, value), number(input, low), number(input, high))}
          </p>
        ))}
        {support.beyond.length === 0 && <p>{m.result.far(brief(support.distance, 3), brief(support.limit, 3))}</p>}
      </Notice>
    );
  }
  const left = outside.indexOf(1);
  if (left >= 0) return <Notice kind="warning">{m.result.left(String(left))}</Notice>;
  return (
    <p className="profit-reason is-good">
      <Icon name="check" />
      <span>{m.result.inside}</span>
    </p>
  );
}
