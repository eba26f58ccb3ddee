import { useMemo } from "react";
import { useTraining } from "../../app/services.tsx";
import { Button, Select } from "../../components/controls.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Icon } from "../../components/icon.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import { Term } from "../../components/term.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { fixed, significant } from "../../i18n/numbers.ts";
import { useLive } from "../../worker/hooks.tsx";
import { useSelection } from "../../workspace/hooks.tsx";
import { agreement } from "./agreement.ts";
import type { Gradient, GradientParams } from "./gradient.ts";
import type { Neuron } from "./neuron.ts";
import { useInput, useInputName, useMicroscopeView, useScope } from "./scope.tsx";
import { texts } from "./texts.ts";
import { UpdateLines } from "./update-lines.tsx";

/** With its sign, and as many figures as one can compare. */
export const figure = (x: number, digits = 3): string => `${x > 0 ? "+" : ""}${significant(x, digits)}`;

/** What requests for gradients are given. A drawing is compared with the class that is chosen, or the one that is predicted. */
function useGradientParams(): GradientParams | null {
  const { params } = useScope();
  const [{ classIndex }] = useSelection();
  const isDrawing = params?.example.from === "drawing";
  const { data } = useLive("core/predict", isDrawing && params !== null ? { example: params.example } : null);
  return useMemo(() => {
    if (params === null || (isDrawing && classIndex === null && data === undefined)) return null;
    return { ...params, target: isDrawing ? (classIndex ?? data!.predicted) : null };
  }, [params, isDrawing, classIndex, data]);
}

/** The gradient on its way back through the neuron to each weight, and what the optimizer will make of it. */
export function GradientView({ neuron, height, isNarrow }: { neuron: Neuron; height: number; isNarrow: boolean }) {
  const m = useMessages(texts);
  const { everyMs, info } = useScope();
  const params = useGradientParams();
  const { data, trouble } = useLive("microscope/gradient", params, { everyMs: 2 * everyMs });
  const [input] = useInput(neuron);
  const [, select] = useSelection();
  const names = info?.model.classNames;
  if (trouble !== undefined) return <TroubleNotice trouble={trouble} />;
  if (data === undefined || params === null) return <p className="muted">{m.opening}</p>;
  const isOf =
    data.layer === neuron.layer && data.unit === neuron.unit && data.weights.length === neuron.weights.length;
  return (
    <div className="stack">
      {params.example.from === "drawing" && names && params.target !== null && (
        <Select
          label={m.gradient.drawing}
          choices={names.map((label, i) => ({ id: String(i), label }))}
          value={String(params.target)}
          onChange={(id) => select({ classIndex: Number(id) })}
        />
      )}
      {isOf && <Chain neuron={neuron} gradient={data} input={input} />}
      {data.isFrozen && <Notice>{m.gradient.frozen}</Notice>}
      {data.coming === null && <Notice>{m.gradient.earlier}</Notice>}
      <div className="microscope-backward">
        {isOf && <Weights neuron={neuron} gradient={data} height={height} isNarrow={isNarrow} />}
        {data.coming !== null && !data.isFrozen && (
          <UpdateLines neuron={neuron} params={params} input={input} everyMs={2 * everyMs} />
        )}
      </div>
    </div>
  );
}

/** The chain rule, factor by factor: each product is printed as far as the library's own number agrees. */
function Chain({ neuron, gradient, input }: { neuron: Neuron; gradient: Gradient; input: number | null }) {
  const m = useMessages(texts);
  const nameOf = useInputName();
  const { info } = useScope();
  const { atSum, atValue, target, loss, lossName } = gradient;
  const { curve } = neuron;
  const slope = neuron.isSilenced ? 0 : curve.slope;
  const delta = atValue === null ? significant(atSum, 4) : (agreement(atSum, atValue * slope) ?? significant(atSum, 4));
  const x = input === null ? 1 : neuron.inputs[input]!;
  const own = input === null ? gradient.bias : gradient.weights[input]!;
  return (
    <>
      <p>
        <Term id="loss">{m.gradient.loss(m.gradient.losses[lossName])}</Term>{" "}
        <b className="number" title={String(loss)}>
          {significant(loss, 4)}
        </b>
        {target !== null && (
          <>
            , {m.gradient.comparedWith} <b>{info?.model.classNames?.[target] ?? target}</b>
          </>
        )}
      </p>
      <div className="microscope-chain">
        {atValue !== null && (
          <>
            <Link title={m.gradient.arrives} symbol="∂L/∂y">
              {figure(atValue)}
            </Link>
            <Sign text="×" />
            <Link title={m.gradient.times} symbol="f′(z)">
              {fixed(slope, 4)}
            </Link>
            <Sign text="=" />
          </>
        )}
        <Link title={atValue === null ? m.gradient.fromLoss : m.gradient.delta} symbol="δ = ∂L/∂z" isStrong>
          <span data-fact="delta" title={String(atSum)}>
            {delta}
          </span>
        </Link>
        <Sign text="×" />
        <Link title={nameOf(neuron, input)} symbol="x">
          {fixed(x, 4)}
        </Link>
        <Sign text="=" />
        <Link title={m.gradient.perWeight} symbol={input === null ? "∂L/∂b" : "∂L/∂w"} isStrong>
          {own === null ? "–" : (agreement(own, atSum * x) ?? significant(own, 4))}
        </Link>
      </div>
      <p className="microscope-note">{atSum === 0 ? m.gradient.none : atSum > 0 ? m.gradient.up : m.gradient.down}</p>
    </>
  );
}

interface LinkProps {
  readonly title: string;
  readonly symbol: string;
  readonly isStrong?: boolean;
  readonly children: React.ReactNode;
}

function Link({ title, symbol, isStrong = false, children }: LinkProps) {
  return (
    <div className={`microscope-link ${isStrong ? "microscope-link-strong" : ""}`}>
      <span className="microscope-symbol">{symbol}</span>
      <span className="number microscope-link-value">{children}</span>
      <span className="microscope-link-title">{title}</span>
    </div>
  );
}

const Sign = ({ text }: { text: string }) => (
  <span className="microscope-sign" aria-hidden="true">
    {text}
  </span>
);

/** Gradient and coming change of every weight, the bias last or by size. */
function Weights({
  neuron,
  gradient,
  height,
  isNarrow,
}: {
  neuron: Neuron;
  gradient: Gradient;
  height: number;
  isNarrow: boolean;
}) {
  const m = useMessages(texts);
  const nameOf = useInputName();
  const [view] = useMicroscopeView();
  const [input, setInput] = useInput(neuron);
  const [, select] = useSelection();
  const { weights, bias, coming } = gradient;
  const n = weights.length;
  const rows = useMemo(() => {
    const places = Array.from({ length: n + (bias === null ? 0 : 1) }, (_, i) => i);
    const gradAt = (i: number): number => (i === n ? bias! : weights[i]!);
    if (view.order !== "place") places.sort((a, b) => Math.abs(gradAt(b)) - Math.abs(gradAt(a)) || a - b);
    return places;
  }, [weights, bias, n, view.order]);
  const inputAt = (row: number): number | null => (rows[row] === n ? null : rows[row]!);
  const selected = rows.indexOf(input ?? n);
  return (
    <div className="microscope-weights">
      <DataTable
        label={m.gradient.table}
        height={height}
        rowCount={rows.length}
        {...(selected >= 0 && { selected })}
        onSelect={(row) => setInput(inputAt(row))}
        onOpen={(row) => {
          const at = inputAt(row);
          if (at !== null && neuron.source !== null) select({ layer: neuron.source, unit: at });
        }}
        columns={[
          { id: "source", title: m.sum.source, width: "1.2fr", cell: (row) => nameOf(neuron, inputAt(row)) },
          ...(isNarrow
            ? []
            : ([
                {
                  id: "x",
                  title: m.sum.x,
                  align: "right",
                  width: ".8fr",
                  cell: (row: number) => (inputAt(row) === null ? "1" : fixed(neuron.inputs[inputAt(row)!]!, 3)),
                },
              ] as const)),
          {
            id: "grad",
            title: m.gradient.grad,
            align: "right",
            width: "1.2fr",
            cell: (row) => figure(inputAt(row) === null ? bias! : weights[inputAt(row)!]!),
          },
          {
            id: "change",
            title: m.gradient.change,
            align: "right",
            width: "1.1fr",
            cell: (row) =>
              coming === null ? "–" : figure(inputAt(row) === null ? coming.bias : coming.weights[inputAt(row)!]!),
          },
        ]}
      />
      <TakeStep />
    </div>
  );
}

function TakeStep() {
  const m = useMessages(texts);
  const { run } = useTraining();
  return (
    <div className="row">
      <Button icon="step" onPress={() => run("step")}>
        {m.gradient.oneStep}
      </Button>
      <span className="microscope-pass">
        <Icon name="update" size={16} /> {m.passes.update}
      </span>
    </div>
  );
}
