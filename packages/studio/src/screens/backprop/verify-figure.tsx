import { useState } from "react";
import { Button } from "../../components/controls.tsx";
import { Figure } from "../../components/figure.tsx";
import { TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, significant } from "../../i18n/numbers.ts";
import { troubleIn, useClient, useJob, useStatus } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { commonStart, figuresInCommon } from "./agreeing.ts";
import type { VerifiedEntry, VerifiedParam } from "./checks.ts";
import { backpropCode } from "./code.ts";
import { useStepper } from "./stepper.tsx";
import { below, layerMark, layerNumber } from "./symbols.ts";
import { texts } from "./texts.ts";

const DIGITS = 12;

interface Entry {
  readonly param: string;
  readonly entry: number;
  readonly name: string;
}

/** The weight or bias that the operation is about: of the layer behind, if it has none itself. */
function useEntry(): Entry | null {
  const { tape, cellOp: op, cellCall: call, cell } = useStepper();
  const linear = tape.calls.findLastIndex(
    ({ kind, path }, i) => kind === "linear" && (call?.linear === path || (call === null && i < tape.calls.length)),
  );
  const first = tape.calls.findIndex(({ kind }) => kind === "linear");
  const at = linear >= 0 ? linear : first;
  const layer = tape.calls[at];
  if (layer === undefined || cell === undefined) return null;
  const unit = Math.min(layer.outSize - 1, cell.unit);
  const isOwn = op.call === at;
  const index = isOwn ? cell.index : layer.hasBias ? layer.inSize : 0;
  const k = layerMark(layerNumber(tape.calls, at));
  if (index >= layer.inSize) return { param: `${layer.path}.bias`, entry: unit, name: `b${k}${below(unit)}` };
  return {
    ...{ param: `${layer.path}.weight`, entry: unit * layer.inSize + index },
    name: `w${k}${below(unit)},${below(index)}`,
  };
}

/** Gradients beside finite differences. */
export function VerifyFigure() {
  const m = useMessages(texts);
  const language = useLanguage();
  const client = useClient();
  const entry = useEntry();
  const { question } = useStepper();
  const steps = useStatus((status) => status?.step ?? 0);
  const [found, setFound] = useState<(VerifiedEntry & { readonly name: string }) | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [all, start, cancel] = useJob("backprop/verifyAll");
  const verify = (): void => {
    if (entry === null) return;
    const { param, entry: index, name } = entry;
    client.request("backprop/verify", { question, entry: { param, entry: index } }).then(
      (result) => {
        setFound({ ...result, name });
        setTrouble(null);
      },
      (error: unknown) => setTrouble(troubleIn(error)),
    );
  };
  return (
    <Figure
      title={m.verify.title}
      code={backpropCode.verify}
      caption={found && m.verify.provenance(count(found.steps, language))}
    >
      <p className="backprop-explain">{m.verify.explain(<Term id="gradient">{m.words.gradient}</Term>)}</p>
      <div className="row backprop-buttons">
        <Button kind="primary" icon="check" isDisabled={entry === null} onPress={verify}>
          {m.verify.one}
        </Button>
        {all.isRunning ? (
          <Button onPress={cancel}>{m.verify.stop}</Button>
        ) : (
          <Button onPress={() => start({ question })}>{m.verify.all}</Button>
        )}
        <span className="number muted">{entry && `∂L/∂${entry.name}`}</span>
      </div>
      {(trouble ?? all.trouble) && <TroubleNotice trouble={(trouble ?? all.trouble)!} />}
      <div aria-live="polite">
        {found === null ? (
          all.result === undefined && <p className="backprop-note">{m.verify.none}</p>
        ) : (
          <Comparison found={found} isStale={found.steps !== steps} />
        )}
      </div>
      {all.isRunning && (
        <p className="backprop-note number">
          {m.verify.running(String(all.progress?.done ?? 0), String(all.progress?.total ?? "…"))}
        </p>
      )}
      {all.result && <AllParams params={all.result} />}
    </Figure>
  );
}

function Comparison({ found, isStale }: { found: VerifiedEntry & { readonly name: string }; isStale: boolean }) {
  const m = useMessages(texts).verify;
  const [analytic, numeric, shared] = commonStart(found.analytic, found.numeric, DIGITS);
  const common = figuresInCommon(found.analytic, found.numeric, DIGITS);
  const digits = (text: string) => (
    <>
      <b className="backprop-shared">{text.slice(0, shared)}</b>
      <span className="muted">{text.slice(shared)}</span>
    </>
  );
  return (
    <div className="backprop-comparison">
      <p className="backprop-verdict">
        <span className={found.agrees ? "backprop-right" : "backprop-wrong"}>
          {found.agrees ? "✓" : "≠"} {found.analytic === found.numeric ? m.exact : m.digits(String(common))}
          {common > 0 && <span className="number">: {significant(found.analytic, common)}</span>}
        </span>{" "}
        {found.agrees ? (common >= 5 ? m.agrees : m.noise) : m.differs}
      </p>
      <dl>
        <dt>
          ∂L/∂{found.name} · {m.trained}
        </dt>
        <dd className="number">{significant(found.trained, 7)}</dd>
        <dt>{m.analytic}</dt>
        <dd className="number">{digits(analytic)}</dd>
        <dt>{m.numeric}</dt>
        <dd className="number">{digits(numeric)}</dd>
      </dl>
      <p className="backprop-note number">
        {m.formula(significant(found.step, 2))}
        {` = (${significant(found.above, DIGITS)} − ${significant(found.below, DIGITS)}) / ${significant(2 * found.step, 2)}`}
      </p>
      {isStale && <p className="backprop-note">{m.stale}</p>}
    </div>
  );
}

function AllParams({ params }: { params: readonly VerifiedParam[] }) {
  const m = useMessages(texts).verify;
  const language = useLanguage();
  return (
    <>
      <table className="backprop-table">
        <caption className="visually-hidden">{m.table}</caption>
        <thead>
          <tr>
            <th scope="col">{m.param}</th>
            <th scope="col">{m.compared}</th>
            <th scope="col">{m.worst}</th>
            <th scope="col">{m.verdict}</th>
          </tr>
        </thead>
        <tbody>
          {params.map(({ param, size, compared, worst, agrees }) => (
            <tr key={param}>
              <th scope="row">
                <code>{param}</code>
              </th>
              <td className="number">
                {count(compared, language)} / {count(size, language)}
              </td>
              <td className="number">{significant(worst, 2)}</td>
              <td className={agrees ? "backprop-right" : "backprop-wrong"}>
                {agrees ? `✓ ${m.right}` : `≠ ${m.wrong}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="backprop-note">{params.every(({ isWhole }) => isWhole) ? m.whole : m.sampled}</p>
    </>
  );
}
