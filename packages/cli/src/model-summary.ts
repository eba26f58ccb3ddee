import { formatCount, type Layer, type Shape, summarize } from "glassnet";
import type { Messages } from "./messages/index.ts";
import { tableLines } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { visible } from "./visible.ts";

/** Prints the layers with their shapes and sizes. */
export function printModelSummary(terminal: Terminal, model: Layer, inputShape: Shape, m: Messages): void {
  const { layers, parameters, flops } = summarize(model, inputShape);
  const { summary } = m.train;
  const head = [summary.layer, "", summary.output, summary.parameters];
  const shape = (sizes: Shape) => sizes.join(" × ");
  const rows = [
    [summary.input, "", shape(inputShape), ""],
    ...layers.map((row) => [
      visible(row.path),
      visible(row.title),
      shape(row.outputShape),
      row.parameters === 0 ? "" : formatCount(row.parameters),
    ]),
  ];
  const [first, ...lines] = tableLines([head, ...rows], { align: ["left", "left", "left", "right"], indent: "  " });
  terminal.print(terminal.paint.dim(first!));
  for (const line of lines) terminal.print(line);
  terminal.print(`  ${summary.total(formatCount(parameters), formatCount(flops))}`);
}
