import {
  type AttributionMethod,
  gradientTimesInput,
  type IntegratedGradients,
  integratedGradients,
  type Layer,
  occlusion,
} from "glassnet";
import type { Device } from "glassnet/engine";
import { bar } from "./bar.ts";
import type { Decision } from "./decision.ts";
import { SIDE } from "./draw.ts";
import type { Messages } from "./messages/index.ts";
import { percent, signed } from "./numbers.ts";
import type { Terminal } from "./terminal.ts";
import { padEnd, padStart, widthOf, wrap } from "./width.ts";

/** What each pixel adds to the score of a class, by one method. */
export interface PixelReport {
  readonly method: AttributionMethod;
  readonly classIndex: number;
  readonly versus?: number;
  readonly values: Float64Array;
  readonly sum: number;
  /** The score, or the difference of two. */
  readonly output: number;
  /** Of integrated gradients alone: the same for a blank picture, and what the sum misses. */
  readonly path?: Pick<IntegratedGradients, "baselineOutput" | "residual" | "relativeResidual" | "steps">;
}

export interface PixelChoice {
  readonly method: AttributionMethod;
  readonly classIndex: number;
  readonly versus?: number | undefined;
  readonly device: Device;
}

export async function pixelReport(model: Layer, { x }: Decision, choice: PixelChoice): Promise<PixelReport> {
  const { method, classIndex, versus, device } = choice;
  const options = { classIndex, versus, device };
  const named = { method, classIndex, ...(versus !== undefined && { versus }) };
  if (method === "integrated-gradients") {
    const { values, sum, output, baselineOutput, residual, relativeResidual, steps } = await integratedGradients(
      model,
      x,
      options,
    );
    return { ...named, values, sum, output, path: { baselineOutput, residual, relativeResidual, steps } };
  }
  const attribute = method === "occlusion" ? occlusion : gradientTimesInput;
  const { values, sum, output } = await attribute(model, x, options);
  return { ...named, values, sum, output };
}

const BAR = 16;
/** Shares of the largest sum of two pixels from which a place is marked, weakly and strongly. */
const WEAK = 0.08;
const STRONG = 0.35;

/** The picture, two pixels a character: signs say for and against, so that no colour is needed. */
function mapLines(values: Float64Array, { paint }: Terminal): string[] {
  const sums = Array.from({ length: (SIDE * SIDE) / 2 }, (_, place) => {
    const [line, column] = [Math.floor(place / SIDE), place % SIDE];
    return values[2 * line * SIDE + column]! + values[(2 * line + 1) * SIDE + column]!;
  });
  const largest = Math.max(1e-12, ...sums.map(Math.abs));
  const mark = (sum: number): string => {
    const share = Math.abs(sum) / largest;
    if (share < WEAK) return " ";
    if (sum > 0) return paint.good(share < STRONG ? "+" : "#");
    return paint.bad(share < STRONG ? "-" : "=");
  };
  return Array.from({ length: SIDE / 2 }, (_, line) => {
    return sums
      .slice(line * SIDE, (line + 1) * SIDE)
      .map(mark)
      .join("");
  });
}

/** Prints which pixels speak for a class and which against it, and what they add up to. */
export function printPixels(terminal: Terminal, report: PixelReport, top: number, m: Messages): void {
  const { paint, columns } = terminal;
  const text = m.explain.pixels;
  const { method, classIndex, versus, values, sum, output, path } = report;
  const width = Math.min(columns, 100);
  const head = text.head(text.methods[method], String(classIndex), versus === undefined ? undefined : String(versus));
  terminal.print(wrap(paint.bold(head), width, "  "));
  for (const line of mapLines(values, terminal)) terminal.print(`    ${line}`.trimEnd());
  terminal.print(paint.dim(wrap(text.key, width, "  ")));
  const order = Array.from(values, (_, i) => i).filter((i) => values[i] !== 0);
  const strongest = Math.max(1e-12, ...order.map((i) => Math.abs(values[i]!)));
  const { pixel } = m.explain.neuron;
  const name = (i: number) => pixel(Math.floor(i / SIDE), i % SIDE, i);
  const side = (title: string, sign: 1 | -1, color: (text: string) => string) => {
    const own = order.filter((i) => sign * values[i]! > 0).sort((a, b) => sign * (values[b]! - values[a]!));
    terminal.print(`  ${title}`);
    const shown = own.slice(0, top);
    const names = Math.max(0, ...shown.map((i) => widthOf(name(i))));
    for (const i of shown) {
      const share = bar(Math.abs(values[i]!) / strongest, BAR);
      terminal.print(`    ${padEnd(name(i), names)}  ${padStart(signed(values[i]!), 9)}  ${color(share)}`);
    }
    const rest = own.slice(top);
    if (rest.length === 0) return;
    const left = rest.reduce((total, i) => total + values[i]!, 0);
    terminal.print(`    ${padEnd(m.explain.evidence.more(rest.length), names)}  ${padStart(signed(left), 9)}`);
  };
  side(m.explain.evidence.for, 1, paint.good);
  side(m.explain.evidence.against, -1, paint.bad);
  const total = signed(sum);
  const score = text.score(signed(output), versus !== undefined);
  if (path !== undefined) {
    const { baselineOutput, relativeResidual, steps } = path;
    const difference = signed(output - baselineOutput);
    const missed = Number.isFinite(relativeResidual) ? percent(relativeResidual, 3) : "–";
    const blank = signed(baselineOutput);
    terminal.print(wrap(text.complete({ total, score, blank, difference, missed, steps: String(steps) }), width, "  "));
  } else if (method === "occlusion") {
    terminal.print(wrap(text.covered(score), width, "  "));
  } else {
    terminal.print(wrap(text.slopes({ total, score, rest: signed(output - sum) }), width, "  "));
  }
}
