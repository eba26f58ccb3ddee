import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { palettes } from "../draw/palette.ts";
import { useMessages } from "../i18n/language.tsx";
import { brief, significant } from "../i18n/numbers.ts";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";
import { useTheme } from "./theme.tsx";

const texts = { en, zh };

/** A curve. Dash and width tell curves apart for those who do not see the colours. */
export interface Curve {
  readonly label: string;
  readonly values: ArrayLike<number | null>;
  readonly colour?: "positive" | "negative" | "update" | "muted" | "accent";
  readonly dash?: readonly number[];
  readonly width?: number;
  /** Only points, no line between them. */
  readonly points?: boolean;
}

export interface ChartProps {
  readonly label: string;
  /** What the horizontal axis counts, such as "step". */
  readonly xLabel: string;
  readonly x: ArrayLike<number>;
  readonly curves: readonly Curve[];
  readonly height?: number;
  readonly isLog?: boolean;
  /** Bounds of the vertical axis; the data's own otherwise. */
  readonly range?: readonly [low: number, high: number];
  /** Where the reader points, as an index of `x`. */
  readonly onPoint?: (index: number | null) => void;
}

const MAX_TABLE_ROWS = 40;

/**
 * Curves against steps. It is drawn on a canvas, can be read with arrow keys, and has a table of the same numbers for screen readers.
 * New data of the same curves are set without building the chart again.
 */
export function Chart({ label, xLabel, x, curves, height = 180, isLog = false, range, onPoint }: ChartProps) {
  const m = useMessages(texts);
  const theme = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [cursor, setCursor] = useState<number | null>(null);
  const form = JSON.stringify([curves.map(({ values: _, ...look }) => look), height, isLog, range, theme, xLabel]);
  const latest = useRef({ x, curves, onPoint });
  latest.current = { x, curves, onPoint };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `form` is what the chart is built from
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    let isWanted = true;
    let observer: ResizeObserver | undefined;
    void import("uplot").then(({ default: UPlot }) => {
      if (!isWanted) return;
      const palette = palettes[theme];
      const axis = { stroke: palette.muted, grid: { stroke: palette.line, width: 1 }, ticks: { stroke: palette.line } };
      const ink = { font: "11px system-ui, sans-serif", labelFont: "11px system-ui, sans-serif" };
      plot.current = new UPlot(
        {
          width: Math.max(80, element.clientWidth),
          height,
          legend: { show: false },
          cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
          scales: {
            x: { time: false },
            y: { distr: isLog ? 3 : 1, ...(range && { range: [range[0], range[1]] as [number, number] }) },
          },
          axes: [
            { ...axis, ...ink, size: 28, label: xLabel, labelSize: 18 },
            {
              ...axis,
              ...ink,
              size: 52,
              values: (_, splits) => splits.map((v) => (v === null ? "" : brief(v))),
            },
          ],
          series: [
            {},
            ...curves.map(({ label: name, colour = "accent", dash, width = 1.5, points = false }) => ({
              label: name,
              stroke: palette[colour],
              width: points ? 0 : width,
              ...(dash && { dash: [...dash] }),
              points: { show: points, size: 5, fill: palette[colour] },
              spanGaps: true,
            })),
          ],
          hooks: {
            setCursor: [
              (chart: uPlot) => {
                const index = chart.cursor.idx ?? null;
                setCursor(index);
                latest.current.onPoint?.(index);
              },
            ],
          },
        },
        dataOf(latest.current.x, latest.current.curves),
        element,
      );
      observer = new ResizeObserver(() => {
        plot.current?.setSize({ width: Math.max(80, element.clientWidth), height });
      });
      observer.observe(element);
    });
    return () => {
      isWanted = false;
      observer?.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [form]);

  useEffect(() => {
    plot.current?.setData(dataOf(x, curves));
  }, [x, curves]);

  const move = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };
    const by = event.key === "Home" ? -x.length : event.key === "End" ? x.length : steps[event.key];
    if (by === undefined || x.length === 0) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(x.length - 1, (cursor ?? (by > 0 ? -1 : x.length)) + by));
    const chart = plot.current;
    if (chart === undefined) return;
    const left = chart.valToPos(x[index]!, "x");
    chart.setCursor({ left, top: 0 });
    setCursor(index);
    onPoint?.(index);
  };

  const at = cursor !== null && cursor < x.length ? cursor : null;
  return (
    <div className="chart">
      <div className="chart-legend">
        {curves.map((curve) => (
          <span key={curve.label} className="chart-key">
            <svg width="18" height="8" aria-hidden="true" focusable="false">
              <line
                x1="0"
                y1="4"
                x2="18"
                y2="4"
                stroke={palettes[theme][curve.colour ?? "accent"]}
                strokeWidth={(curve.width ?? 1.5) + 0.5}
                strokeDasharray={curve.dash?.join(" ") ?? "none"}
              />
            </svg>
            {curve.label}
            {at !== null && curve.values[at] !== null && curve.values[at] !== undefined && (
              <b className="number"> {significant(curve.values[at], 4)}</b>
            )}
          </span>
        ))}
        {at !== null && (
          <span className="chart-key">
            {xLabel} <b className="number">{x[at]}</b>
          </span>
        )}
      </div>
      <div
        ref={place}
        className="chart-place"
        style={{ height }}
        role="application"
        aria-label={`${label}. ${m.chartKeys}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application with its own keys
        tabIndex={0}
        onKeyDown={move}
      />
      <div className="visually-hidden" aria-live="polite">
        {at !== null &&
          `${xLabel} ${x[at]}: ${curves.map(({ label: name, values }) => `${name} ${values[at] === null || values[at] === undefined ? "" : significant(values[at], 4)}`).join(", ")}`}
      </div>
      <div className="visually-hidden">
        <table>
          <caption>{m.chartTable}</caption>
          <thead>
            <tr>
              <th scope="col">{xLabel}</th>
              {curves.map(({ label: name }) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sampleOf(x.length).map((index, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows stay while their numbers change, many times a second
              <tr key={row}>
                <th scope="row">{x[index]}</th>
                {curves.map(({ label: name, values }) => (
                  <td key={name}>
                    {values[index] === null || values[index] === undefined ? "" : significant(values[index], 4)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** Places of at most so many rows, evenly spread, the last among them. */
function sampleOf(length: number): number[] {
  const rows = Math.min(length, MAX_TABLE_ROWS);
  return Array.from({ length: rows }, (_, i) => (rows === 1 ? 0 : Math.round((i * (length - 1)) / (rows - 1))));
}

function dataOf(x: ArrayLike<number>, curves: readonly Curve[]): uPlot.AlignedData {
  return [Array.from(x), ...curves.map(({ values }) => Array.from(values))] as uPlot.AlignedData;
}
