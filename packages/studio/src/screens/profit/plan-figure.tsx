import { Button, NumberField, Segments, Select, Switch } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import type { LabInfo } from "./lab.ts";
import { columnName, inputName, targetName, targetUnit, unitOf, withUnit } from "./names.ts";
import { firstPlan, withNumber } from "./plan.ts";
import { goals } from "./table.ts";
import { texts } from "./texts.ts";
import { usePlan, useSearch } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** Goal, start, bounds, and what stays. */
export function PlanFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view, set } = useProfitView();
  const { plan, knobs, change } = usePlan(info);
  const { trouble } = useSearch(info, view.fit);
  const format = { useGrouping: false, maximumFractionDigits: 6 };
  return (
    <Figure
      title={m.plan.title}
      caption={<Words text={m.plan.caption} />}
      tools={
        <Button kind="quiet" icon="reset" onPress={() => change(firstPlan(info))}>
          {m.plan.reset}
        </Button>
      }
    >
      <div className="stack">
        <div className="row profit-goal">
          <Segments
            label={`${m.plan.goal}: ${targetName(info, m)}`}
            choices={goals.map((id) => ({ id, label: m.plan.goals[id] }))}
            value={view.goal}
            onChange={(goal) => set({ goal, step: -1 })}
          />
          {view.goal === "target" && (
            <NumberField
              label={withUnit(m.plan.target, targetUnit(info, m) && `(${targetUnit(info, m)})`)}
              value={view.target}
              onChange={(target) => set({ target, step: -1 })}
              format={format}
            />
          )}
          <code className="profit-loss">{m.plan.losses[view.goal]}</code>
        </div>
        <table className="profit-plan">
          <thead>
            <tr>
              <th scope="col">{m.plan.input}</th>
              <th scope="col">{m.plan.knob}</th>
              <th scope="col">{m.plan.start}</th>
              <th scope="col">{m.plan.low}</th>
              <th scope="col">{m.plan.high}</th>
            </tr>
          </thead>
          <tbody>
            {plan.numbers.map(({ start, isKnob, low, high }, i) => {
              const name = inputName(info, i, m);
              const unit = unitOf(info, i, m);
              return (
                <tr key={info.inputNames[i]}>
                  <th scope="row">
                    {name}
                    {unit !== "" && <span className="muted"> {unit}</span>}
                  </th>
                  <td>
                    <Switch isSelected={isKnob} onChange={(next) => change(withNumber(plan, i, { isKnob: next }))}>
                      <span className="visually-hidden">{m.plan.knobOf(name)}</span>
                    </Switch>
                  </td>
                  <td>
                    <NumberField
                      label={m.plan.startOf(name)}
                      isLabelHidden
                      value={start}
                      format={format}
                      onChange={(next) => change(withNumber(plan, i, { start: next }))}
                    />
                  </td>
                  {isKnob ? (
                    <>
                      <td>
                        <NumberField
                          label={m.plan.lowOf(name)}
                          isLabelHidden
                          value={low}
                          max={high}
                          format={format}
                          onChange={(next) => change(withNumber(plan, i, { low: next }))}
                        />
                      </td>
                      <td>
                        <NumberField
                          label={m.plan.highOf(name)}
                          isLabelHidden
                          value={high}
                          min={low}
                          format={format}
                          onChange={(next) => change(withNumber(plan, i, { high: next }))}
                        />
                      </td>
                    </>
                  ) : (
                    <td colSpan={2} className="muted">
                      {m.plan.fixed}
                    </td>
                  )}
                </tr>
              );
            })}
            {info.levels.map(({ name, levels }, k) => (
              <tr key={name}>
                <th scope="row">{columnName(info, name, m)}</th>
                <td />
                <td colSpan={2}>
                  <Select
                    label={columnName(info, name, m)}
                    isLabelHidden
                    choices={levels.map((level, j) => ({ id: String(j), label: columnName(info, level, m) }))}
                    value={String(plan.levels[k])}
                    onChange={(j) =>
                      change({ ...plan, levels: plan.levels.map((before, i) => (i === k ? Number(j) : before)) })
                    }
                  />
                </td>
                <td className="muted">{m.plan.fixed}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="row profit-goal">
          <Segments
            label={m.plan.rate}
            choices={[
              { id: "found", label: m.plan.rates.found },
              { id: "fixed", label: m.plan.rates.fixed },
            ]}
            value={view.rate === "fixed" ? "fixed" : "found"}
            onChange={(rate) => set({ rate, step: -1 })}
          />
          {view.rate === "fixed" && (
            <NumberField
              label={m.plan.rateValue}
              value={view.rateValue}
              min={1e-6}
              max={1000}
              format={format}
              onChange={(rateValue) => set({ rateValue, step: -1 })}
            />
          )}
        </div>
        {knobs.length === 0 && <Notice kind="warning">{m.plan.noKnobs}</Notice>}
        {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      </div>
    </Figure>
  );
}
