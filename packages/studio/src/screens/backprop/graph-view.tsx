import { useMemo } from "react";
import { Canvas } from "../../components/canvas.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { significant } from "../../i18n/numbers.ts";
import { type GraphNode, heightOf, knownAt, nodeAt, paintGraph, placesOf } from "./draw-graph.ts";
import { useStepper } from "./stepper.tsx";
import { below, letters } from "./symbols.ts";
import { texts } from "./texts.ts";
import type { GraphView as Graph } from "./worker.ts";

/** A small network as a graph; a circle is chosen by pointing or by arrow keys. */
export function GraphView({ graph }: { graph: Graph }) {
  const m = useMessages(texts).stage;
  const { tape, at, op, cell, goTo, choose } = useStepper();
  const { calls } = tape;
  const { known, knownGrads, hasLoss } = knownAt(tape.tape, calls, at);
  const selected = useMemo<GraphNode | null>(() => {
    if (cell?.id !== op.id) return null;
    if (op.call === null) return { column: calls.length, unit: cell.unit };
    if (op.kind === "back") return { column: op.call, unit: cell.index };
    if (op.kind === "slope") return { column: op.call, unit: cell.unit };
    return { column: op.call + 1, unit: cell.unit };
  }, [op, cell, calls]);
  const symbols = useMemo(() => ["x", ...calls.map((_, k) => letters(calls, k).out)], [calls]);
  const loss = hasLoss ? tape.loss : null;
  const paint = useMemo(
    () => paintGraph({ graph, calls, known, knownGrads, loss, selected, symbols, lossName: m.lossNode }),
    [graph, calls, known, knownGrads, loss, selected, symbols, m.lossNode],
  );
  const take = ({ column, unit }: GraphNode): void => {
    const sizes = graph.columns.map(({ values }) => values.length);
    const place = Math.max(0, Math.min((sizes[column] ?? 1) - 1, unit));
    const find = (id: string): number => tape.tape.findIndex((one) => one.id === id);
    // On the way back a circle is the gradient that arrives there; on the way forward its value.
    const isBack = op.phase === "backward" || op.phase === "update";
    if (column === 0) {
      goTo(find(isBack ? `back:${calls[0]!.path}` : `forward:${calls[0]!.path}`));
      choose({ index: place });
      return;
    }
    const maker = calls[column - 1]!;
    const reader = calls[column];
    const back = reader === undefined ? "lossGrad" : `${reader.kind === "linear" ? "back" : "slope"}:${reader.path}`;
    goTo(find(isBack ? back : `forward:${maker.path}`));
    if (isBack && reader?.kind === "linear") choose({ index: place });
    else choose({ unit: place });
  };
  const nameOf = ({ column, unit }: GraphNode): string => `${symbols[column]}${below(unit)}`;
  const textOf = ({ column, unit }: GraphNode): string => significant(graph.columns[column]?.values[unit] ?? 0, 4);
  const gradOf = ({ column, unit }: GraphNode): string | null =>
    column >= knownGrads ? significant(graph.columns[column]?.grads[unit] ?? 0, 4) : null;
  const height = heightOf(graph);
  return (
    <>
      <Canvas
        label={m.graphLabel}
        height={height}
        paint={paint}
        onPoint={({ x, y, width }) => {
          const node = nodeAt(placesOf(graph, width, height), x, y);
          if (node !== undefined) take(node);
        }}
        onKey={(event) => {
          const steps: Readonly<Record<string, readonly [number, number]>> = {
            ...{ ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] },
          };
          const step = steps[event.key];
          if (step === undefined || selected === null) return;
          event.preventDefault();
          const column = Math.max(0, Math.min(calls.length, selected.column + step[0]));
          take({ column, unit: selected.unit + step[1] });
        }}
      />
      <p className="backprop-node number" aria-live="polite">
        {selected !== null && m.graphNode(nameOf(selected), textOf(selected), gradOf(selected))}
      </p>
      <p className="backprop-note">{m.graphLegend}</p>
      <table className="visually-hidden">
        <caption>{m.table}</caption>
        <thead>
          <tr>
            {[m.unit, m.value, m.gradient].map((head) => (
              <th scope="col" key={head}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {graph.columns.flatMap(({ values }, column) =>
            Array.from(values, (_, unit) => (
              <tr key={nameOf({ column, unit })}>
                <th scope="row">{nameOf({ column, unit })}</th>
                <td>{column <= known ? textOf({ column, unit }) : ""}</td>
                <td>{gradOf({ column, unit }) ?? ""}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </>
  );
}
