import { useMemo } from "react";
import { Segments, Switch } from "../../components/controls.tsx";
import { DataTable } from "../../components/data-table.tsx";
import { Term } from "../../components/term.tsx";
import { useLanguage, useMessages } from "../../i18n/language.tsx";
import { count, fixed, signed, significant } from "../../i18n/numbers.ts";
import { useSelection } from "../../workspace/hooks.tsx";
import { agreement } from "./agreement.ts";
import type { Neuron } from "./neuron.ts";
import { useInput, useInputName, useMicroscopeView, useScope } from "./scope.tsx";
import { type Order, orders, rowOf, termRows } from "./term-rows.ts";
import { texts } from "./texts.ts";

/** Every term of the sum, in the order one likes, with what it has come to behind each; then the sum, which is z. */
export function SumView({ neuron, height, isNarrow }: { neuron: Neuron; height: number; isNarrow: boolean }) {
  const m = useMessages(texts);
  const nameOf = useInputName();
  const [view, setView] = useMicroscopeView();
  const [input, setInput] = useInput(neuron);
  const { info } = useScope();
  const [, select] = useSelection();
  const order = orders.find((known) => known === view.order) ?? "size";
  const hasBias = info?.model.layers.find(({ path }) => path === neuron.layer)?.hasBias ?? true;
  const { products, weights, inputs, bias } = neuron;
  const rows = useMemo(
    () => termRows({ products, bias, hasBias }, order, view.fold),
    [products, bias, hasBias, order, view.fold],
  );
  const scale = useMemo(
    () => products.reduce((most, p) => Math.max(most, Math.abs(p)), Math.abs(bias)) || 1,
    [products, bias],
  );
  const selected = rowOf(rows, input, products);
  const open = (at: number): void => {
    const row = rows[at];
    if (row?.kind === "zeros") setView({ fold: false });
    if (row?.kind === "term" && neuron.source !== null) select({ layer: neuron.source, unit: row.index });
  };
  const choose = (at: number): void => {
    const row = rows[at]!;
    setInput(row.kind === "bias" ? null : row.kind === "term" ? row.index : row.first);
  };
  const nameAt = (at: number): string => {
    const row = rows[at]!;
    if (row.kind === "bias") return m.inputs.bias;
    if (row.kind === "term") return nameOf(neuron, row.index);
    const n = String(row.count);
    return order === "place" && row.count > 1 ? m.sum.zerosAt(n, String(row.first), String(row.last)) : m.sum.zeros(n);
  };
  const digits = isNarrow ? 3 : 4;
  const cell = (at: number, what: "x" | "w"): string => {
    const row = rows[at]!;
    if (row.kind === "zeros") return what === "x" ? "" : "";
    if (row.kind === "bias") return what === "x" ? "1" : signed(bias, digits);
    return what === "x" ? fixed(inputs[row.index]!, isNarrow ? 2 : 3) : signed(weights[row.index]!, digits);
  };
  return (
    <div className="stack">
      <div className="row microscope-tools">
        <Segments
          label={m.sum.order}
          isLabelHidden
          choices={orders.map((id) => ({ id, label: m.sum.orders[id] }))}
          value={order}
          onChange={(next: Order) => setView({ order: next })}
        />
        <Switch isSelected={view.fold} onChange={(fold) => setView({ fold })}>
          {m.sum.fold}
        </Switch>
      </div>
      <DataTable
        label={m.sum.title}
        height={height}
        rowCount={rows.length}
        selected={selected}
        onSelect={choose}
        onOpen={open}
        columns={[
          { id: "source", title: m.sum.source, width: isNarrow ? "1.6fr" : "1.3fr", cell: nameAt },
          { id: "x", title: m.sum.x, align: "right", width: isNarrow ? ".75fr" : ".9fr", cell: (at) => cell(at, "x") },
          { id: "w", title: m.sum.w, align: "right", width: isNarrow ? ".95fr" : "1fr", cell: (at) => cell(at, "w") },
          ...(isNarrow
            ? []
            : [
                {
                  id: "bar",
                  title: "",
                  width: "1fr",
                  cell: (at: number) => <Bar value={productOf(rows[at]!)} scale={scale} />,
                },
              ]),
          {
            id: "product",
            title: m.sum.product,
            align: "right",
            width: isNarrow ? ".95fr" : "1fr",
            cell: (at) => (rows[at]!.kind === "zeros" ? "0" : signed(productOf(rows[at]!), digits)),
          },
          {
            id: "running",
            title: m.sum.running,
            align: "right",
            width: isNarrow ? "1fr" : "1.1fr",
            cell: (at) => fixed(rows[at]!.running, digits),
          },
        ]}
        footer={<Total neuron={neuron} />}
      />
      <Counts neuron={neuron} />
    </div>
  );
}

const productOf = (row: ReturnType<typeof termRows>[number]): number => (row.kind === "zeros" ? 0 : row.product);

/** From the middle to the right above 0, to the left and hatched below. */
function Bar({ value, scale }: { value: number; scale: number }) {
  const share = Math.min(50, (50 * Math.abs(value)) / scale);
  return (
    <span className="microscope-way" aria-hidden="true">
      <span
        className={value < 0 ? "microscope-down" : "microscope-up"}
        style={{ left: value < 0 ? `${50 - share}%` : "50%", width: `${share}%` }}
      />
    </span>
  );
}

/** Both sums, as far as they agree, and by how much they differ. */
function Total({ neuron }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const { sum, z, bound } = neuron;
  const total = agreement(sum, z) ?? m.sum.disagree;
  return (
    <div className="microscope-total">
      <div className="microscope-total-line">
        <span>
          <Term id="weighted-sum">{m.sum.total}</Term> ={" "}
          <b className="number" data-fact="sum" title={String(sum)}>
            {total}
          </b>
        </span>
        <span>
          {m.sum.own} ={" "}
          <b className="number" title={String(z)}>
            {total}
          </b>
        </span>
      </div>
      <p className="muted">{m.sum.agree(significant(Math.abs(sum - z), 2), significant(bound, 2))}</p>
    </div>
  );
}

function Counts({ neuron: { products, bias } }: { neuron: Neuron }) {
  const m = useMessages(texts);
  const language = useLanguage();
  const text = useMemo(() => {
    let [up, down, ups, downs] = [0, 0, 0, 0];
    for (const term of [...products, bias]) {
      if (term > 0) [up, ups] = [up + term, ups + 1];
      else if (term < 0) [down, downs] = [down + term, downs + 1];
    }
    return m.sum.counts(signed(up, 3), count(ups, language), signed(down, 3), count(downs, language));
  }, [products, bias, m, language]);
  return <p className="microscope-note number">{text}</p>;
}
