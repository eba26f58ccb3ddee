import { Fragment, useCallback, useMemo } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { Term } from "../../components/term.tsx";
import type { Brush } from "../../draw/brush.ts";
import { strongest } from "../../draw/edges.ts";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { agreement } from "./agreement.ts";
import { drawLayerForm, drawVectorForm } from "./draw-forms.ts";
import type { Neuron } from "./neuron.ts";
import { useScope } from "./scope.tsx";
import { texts } from "./texts.ts";

/** Terms that are written out. */
const WRITTEN = 3;
const HEIGHT = 190;

/** A number in a product: in brackets below 0. */
const factor = (x: number): string => (x < 0 ? `(${fixed(x, 3)})` : fixed(x, 3));

/** The same z, number by number, as vectors, and as one row of the whole layer. */
export function FormsView({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const { sum, z } = neuron;
  const shown = agreement(sum, z) ?? m.sum.disagree;
  return (
    <>
      <div className="microscope-forms">
        <ScalarForm neuron={neuron} shown={shown} />
        <VectorForm neuron={neuron} shown={shown} />
        <LayerForm neuron={neuron} />
      </div>
      <p className="microscope-same">
        {m.forms.same}{" "}
        <b className="number" title={String(z)}>
          {shown}
        </b>
      </p>
    </>
  );
}

function ScalarForm({ neuron, shown }: { neuron: Neuron; shown: string }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { products, weights, inputs, bias } = neuron;
  const best = useMemo(() => strongest(products, WRITTEN), [products]);
  const rest = products.length - best.length;
  return (
    <section className="microscope-form">
      <h3>{m.forms.scalar}</h3>
      <p className="microscope-formula">
        <var>z</var> ={" "}
        {best.map((i) => (
          <Fragment key={i}>
            <var>w</var>
            <sub>{i}</sub> <var>x</var>
            <sub>{i}</sub> +{" "}
          </Fragment>
        ))}
        {rest > 0 && <>… + </>}
        <var>b</var> · 1
      </p>
      <div className="microscope-scalar number">
        {best.map((i, k) => (
          <p key={i}>
            <span>{k === 0 ? "" : "+"}</span>
            <span>
              {factor(weights[i]!)} · {factor(inputs[i]!)}
            </span>
            <span>= {fixed(products[i]!, 4)}</span>
          </p>
        ))}
        {rest > 0 && (
          <p>
            <span>+</span>
            <span className="muted">{m.forms.more(count(rest, language))}</span>
            <span>= {fixed(neuron.sum - bias - best.reduce((sum, i) => sum + products[i]!, 0), 4)}</span>
          </p>
        )}
        <p>
          <span>+</span>
          <span>
            <Term id="bias">{m.inputs.bias}</Term> {factor(bias)} · 1
          </span>
          <span>= {fixed(bias, 4)}</span>
        </p>
        <p className="microscope-scalar-sum">
          <span />
          <span>
            <var>z</var>
          </span>
          <b>= {shown}</b>
        </p>
      </div>
    </section>
  );
}

function VectorForm({ neuron, shown }: { neuron: Neuron; shown: string }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { weights, inputs, bias } = neuron;
  const result = `+ ${factor(bias)} = ${shown}`;
  const paint = useCallback(
    (brush: Brush) => drawVectorForm(brush, { weights, inputs }, result),
    [weights, inputs, result],
  );
  const n = count(weights.length, language);
  return (
    <section className="microscope-form">
      <h3>{m.forms.vector}</h3>
      <p className="microscope-formula">
        <var>z</var> = <b>w</b> · <b>x</b> + <var>b</var>
        <span className="muted">
          <b>w</b>, <b>x</b> ∈ ℝ<sup>{n}</sup>
        </span>
      </p>
      <Canvas label={m.forms.vectorLabel(shown)} height={HEIGHT} paint={paint} />
      <p className="microscope-note">{m.forms.vectorText(n)}</p>
    </section>
  );
}

function LayerForm({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const { params, everyMs } = useScope();
  const { data } = useLive("microscope/matrix", params && { layer: neuron.layer, step: params.step }, {
    everyMs: 4 * everyMs,
  });
  const { inputs, sums, unit, activation } = neuron;
  const matrix = data?.layer === neuron.layer ? data : undefined;
  const paint = useCallback(
    (brush: Brush) => {
      if (matrix !== undefined) drawLayerForm(brush, { matrix, inputs, sums, unit, units: sums.length });
    },
    [matrix, inputs, sums, unit],
  );
  const [rows, columns] = [count(sums.length, language), count(inputs.length, language)];
  const block = matrix === undefined ? 1 : matrix.blockRows * matrix.blockColumns;
  return (
    <section className="microscope-form">
      <h3>{m.forms.layer}</h3>
      <p className="microscope-formula">
        <b>z</b> = <b>W</b> <b>x</b> + <b>b</b>
        <span className="muted">
          <b>W</b> ∈ ℝ<sup>{`${rows}×${columns}`}</sup>
        </span>
        {activation !== null && (
          <span>
            <b>y</b> = {activation}(<b>z</b>)
          </span>
        )}
      </p>
      <Canvas label={m.forms.layerLabel(String(unit), rows, columns)} height={HEIGHT} paint={paint} />
      <p className="microscope-note">
        {m.forms.layerText(rows, columns, String(unit))} {block > 1 && m.forms.block(String(block))}
      </p>
    </section>
  );
}
