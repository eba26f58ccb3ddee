import { useState } from "react";
import { Button } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { Words } from "../../components/words.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { signed, significant } from "../../i18n/numbers.ts";
import { troubleIn, useClient, useLive } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useSelection, useWorkspace } from "../../workspace/hooks.tsx";
import { profitCode } from "./code.ts";
import { fitPlan } from "./fit.ts";
import type { LabInfo } from "./lab.ts";
import { inputName, targetUnit, unitOf, withUnit } from "./names.ts";
import { Provenance } from "./provenance.tsx";
import { fitNames } from "./table.ts";
import { texts } from "./texts.ts";
import { useRow } from "./use-lab.ts";
import { useProfitView } from "./use-view.ts";

/** Weights and biases of a chain of linear layers. */
function parametersOf(widths: readonly number[]): number {
  return widths.slice(1).reduce((sum, units, i) => sum + units * (widths[i]! + 1), 0);
}

/** Both losses of both models, the linear one written out, and the way to the microscope. */
export function FitsFigure({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const { view } = useProfitView();
  const { data: terms } = useLive("profit/terms", { key: info.key }, { everyMs: 250 });
  const { data: now } = useLive("profit/scores", { key: info.key }, { everyMs: 500 });
  const scores = now ?? info.scores;
  const inputs = info.inputNames.length;
  const parameters = { linear: parametersOf([inputs, 1]), curved: parametersOf([inputs, ...fitPlan.hidden, 1]) };
  const unit = targetUnit(info, m);
  return (
    <Figure
      title={m.losses.title}
      code={profitCode.fit}
      caption={
        <>
          <Words text={m.losses.caption} />
          <Provenance info={info} isBoth />
        </>
      }
    >
      <table className="profit-table">
        <thead>
          <tr>
            <th scope="col">{m.model}</th>
            <th scope="col" className="is-number">
              {m.losses.parameters}
            </th>
            <th scope="col" className="is-number">
              {m.losses.training}
            </th>
            <th scope="col" className="is-number">
              {m.losses.validation}
            </th>
          </tr>
        </thead>
        <tbody>
          {fitNames.map((fit) => (
            <tr key={fit}>
              <th scope="row">{m.fits[fit]}</th>
              <td className="is-number">{parameters[fit]}</td>
              <td className="is-number">{significant(scores[fit].training, 4)}</td>
              <td className="is-number">{significant(scores[fit].validation, 4)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {info.isCompany && view.noise > 0 && (
        <p className="figure-caption">{m.losses.floor(`${view.noise}² = ${view.noise ** 2}`)}</p>
      )}
      {terms && (
        <div className="profit-terms">
          <h3>{m.losses.formula}</h3>
          <ul>
            {terms.slopes.map((slope, i) => {
              const name = inputName(info, i, m);
              const per = unitOf(info, i, m);
              return (
                <li key={info.inputNames[i]}>
                  <b className="number">
                    {withUnit(
                      signed(slope, slope === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(slope))))),
                      unit,
                    )}
                  </b>{" "}
                  {per === "" ? m.losses.perPlain(name) : m.losses.per(per, name)}
                </li>
              );
            })}
          </ul>
        </div>
      )}
      <OpenInMicroscope info={info} />
    </Figure>
  );
}

/** Makes the model what the workspace is about, in a way that can be taken back. */
function OpenInMicroscope({ info }: { info: LabInfo }) {
  const m = useMessages(texts);
  const client = useClient();
  const workspace = useWorkspace();
  const [, select] = useSelection();
  const { view } = useProfitView();
  const { shown, part, row } = useRow(info);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  const { fit } = view;
  const go = async (): Promise<void> => {
    const { selection } = workspace.state.get();
    const adopt = async (): Promise<void> => {
      if (!(await client.request("profit/adopt", { key: info.key, fit }))) return;
      select({ layer: null, unit: 0, example: { from: part, index: row }, classIndex: null, versus: null, step: null });
    };
    const giveBack = async (): Promise<void> => {
      await client.request("profit/giveBack");
      select(selection);
    };
    try {
      if (shown !== fit) {
        await adopt();
        workspace.undo.note({ label: m.losses.openLabel(m.fits[fit]), redo: adopt, undo: giveBack });
      }
      workspace.open("microscope");
    } catch (error) {
      setTrouble(troubleIn(error));
    }
  };
  const back = (): void => {
    client.request("profit/giveBack").then(
      () =>
        select({
          layer: null,
          unit: 0,
          example: { from: "validation", index: 0 },
          classIndex: null,
          versus: null,
          step: null,
        }),
      (error: unknown) => setTrouble(troubleIn(error)),
    );
  };
  return (
    <div className="stack">
      {shown !== null && <Notice>{`${m.losses.opened}: ${m.fits[shown]}`}</Notice>}
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      <div className="row">
        <Button icon="microscope" onPress={() => void go()}>
          {`${m.losses.open}: ${m.fits[fit]}`}
        </Button>
        {shown !== null && (
          <Button kind="quiet" icon="undo" onPress={back}>
            {m.losses.back}
          </Button>
        )}
      </div>
    </div>
  );
}
