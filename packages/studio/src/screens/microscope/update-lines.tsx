import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { significant } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { agreement } from "./agreement.ts";
import type { GradientParams } from "./gradient.ts";
import type { Neuron } from "./neuron.ts";
import { useInputName, useScope } from "./scope.tsx";
import { texts } from "./texts.ts";

const optimizerNames = { sgd: "SGD", adam: "Adam", adamW: "AdamW" } as const;

export interface UpdateLinesProps {
  readonly neuron: Neuron;
  readonly params: GradientParams;
  /** Which weight; `null` is the bias. */
  readonly input: number | null;
  readonly everyMs: number;
}

/** The optimizer's rule on one weight, line by line, with what it remembers before and after. */
export function UpdateLines({ neuron, params, input, everyMs }: UpdateLinesProps) {
  const m = useMessages(texts);
  const nameOf = useInputName();
  const { info } = useScope();
  const hasBias = info?.model.layers.find(({ path }) => path === params.layer)?.hasBias ?? false;
  const isThere = input !== null || hasBias;
  const { data, trouble } = useLive("microscope/update", isThere ? { ...params, index: input } : null, { everyMs });
  if (trouble !== undefined) return <TroubleNotice trouble={trouble} />;
  if (data === undefined) return <p className="muted">{m.opening}</p>;
  const last = data.lines.at(-1);
  return (
    <section className="microscope-update">
      <h3>{data.index === null ? m.gradient.spelledBias : m.gradient.spelled(nameOf(neuron, data.index))}</h3>
      <p className="microscope-note">
        <Term id="optimizer">
          {m.gradient.rule(
            optimizerNames[data.optimizer],
            significant(data.learningRate, 3).replace(/0+$/, ""),
            String(data.t),
          )}
        </Term>
      </p>
      {data.slots.length === 0 ? (
        <p className="microscope-note">{m.gradient.noMemory}</p>
      ) : (
        <table className="microscope-slots">
          <thead>
            <tr>
              <th scope="col">{m.gradient.memory}</th>
              <th scope="col">{m.gradient.before}</th>
              <th scope="col">{m.gradient.after}</th>
            </tr>
          </thead>
          <tbody>
            {data.slots.map(({ name, before, after }) => (
              <tr key={name}>
                <th scope="row">
                  <var>{name === "velocity" ? "v" : name}</var>
                </th>
                <td className="number">{significant(before, 4)}</td>
                <td className="number">{significant(after, 4)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <ol className="microscope-lines">
        <li>
          <span className="microscope-rule">g = ∂L/∂{data.index === null ? "b" : "w"}</span>
          <span className="number">= {significant(data.grad, 5)}</span>
        </li>
        {data.lines.map(({ symbol, rule, numbers, value }, i) => (
          <li key={`${symbol} ${String(i)}`} className={i === data.lines.length - 1 ? "microscope-last" : undefined}>
            <span className="microscope-rule">
              {symbol} ← {rule}
            </span>
            <span className="number microscope-numbers">= {numbers}</span>
            <span className="number">= {significant(value, 6)}</span>
          </li>
        ))}
      </ol>
      {last !== undefined && (
        <p className="microscope-new number">
          {m.gradient.gives}: {significant(data.before, 6)} →{" "}
          <b>{agreement(data.after, last.value) ?? significant(data.after, 6)}</b>
        </p>
      )}
      {last === undefined && <Notice>{significant(data.after, 6)}</Notice>}
    </section>
  );
}
