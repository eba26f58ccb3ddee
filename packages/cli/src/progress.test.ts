import { EventEmitter } from "node:events";
import type { StartEvent, StepEvent } from "glassnet";
import { afterEach, expect, test, vi } from "vitest";
import { messagesOf } from "./messages/index.ts";
import { Progress } from "./progress.ts";
import { openTerminal } from "./terminal.ts";
import { widthOf } from "./width.ts";

afterEach(() => vi.useRealTimers());

/** A screen that keeps what is written. */
function screen(columns: number, isTTY: boolean) {
  const written: string[] = [];
  const stream = Object.assign(new EventEmitter(), {
    isTTY,
    columns,
    getColorDepth: () => 8,
    write: (text: string) => written.push(text),
  });
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

/** A line as it stands on the screen: it is written over the old one, whose rest is then erased. */
const shown = (text: string) => text.replace(/^\r/, "").replace("\u001b[K", "");

const start: StartEvent = {
  version: 1,
  kind: "start",
  backend: "reference",
  variant: "",
  seed: 0,
  parameters: 101_770,
  examples: 55_000,
  batchSize: 64,
  stepsPerEpoch: 860,
  epochs: 8,
  step: 0,
};

/** One step each 10 ms, a thousand digits a second or so. */
function drive(progress: Progress, steps: number, msPerStep: number): void {
  for (let step = 1; step <= steps; step++) {
    vi.advanceTimersByTime(msPerStep);
    const event: StepEvent = {
      version: 1,
      kind: "step",
      step,
      epoch: Math.ceil(step / start.stepsPerEpoch),
      losses: Float32Array.of(0.5),
      examples: 64,
      learningRate: 0.1,
      elapsedMs: step * msPerStep,
    };
    if (step % start.stepsPerEpoch === 1 && step > 1)
      progress.epoch({ step: step - 1, elapsedMs: step * msPerStep, accuracy: 0.9731 });
    progress.step(event);
  }
}

test.each([
  ["en", 80],
  ["en", 120],
  ["en", 40],
  ["zh", 80],
] as const)("the line fits, in %s and %i columns, and is drawn at most ten times a second", (lang, columns) => {
  vi.useFakeTimers();
  const { written, stream } = screen(columns, true);
  const terminal = openTerminal({ stream, isColored: true });
  drive(new Progress(terminal, messagesOf(lang), start), 1000, 10);
  const lines = written.map(shown);
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.length).toBeLessThanOrEqual(101);
  expect(Math.max(...lines.map(widthOf))).toBeLessThan(columns);
  expect(lines.every((line) => line.includes("━") || line.includes("─"))).toBe(true);
});

test("the line says how far it is, how good, how fast, and how long it still takes", () => {
  vi.useFakeTimers();
  const { written, stream } = screen(100, true);
  drive(new Progress(openTerminal({ stream, isColored: false }), messagesOf("en"), start), 1300, 10);
  expect(shown(written.at(-1)!)).toMatchInlineSnapshot(
    `"epoch 2/8  ━━━━━──────────────────────   19%  loss 0.5000  accuracy 97.3%  6,405/s  55.9 s left"`,
  );
});

test("without colours a screen gets none", () => {
  vi.useFakeTimers();
  const { written, stream } = screen(80, true);
  drive(new Progress(openTerminal({ stream, isColored: false }), messagesOf("en"), start), 100, 10);
  expect(written.map(shown).join("")).not.toContain("\u001b");
});

test("where nothing can be drawn again, there is a plain line every ten seconds", () => {
  vi.useFakeTimers();
  const { written, stream } = screen(80, false);
  drive(new Progress(openTerminal({ stream, isColored: true }), messagesOf("en"), start), 800, 30);
  expect(written.join("")).toMatchInlineSnapshot(`
    "  epoch 1 of 8: step 334 of 860, loss 0.5000, 2,133 digits per second, 3 min 16 s left
      epoch 1 of 8: step 668 of 860, loss 0.5000, 2,133 digits per second, 3 min 06 s left
    "
  `);
});

test("no speed and no time is told before either can be known: the first step only made the programs ready", () => {
  vi.useFakeTimers();
  const { written, stream } = screen(80, true);
  const progress = new Progress(openTerminal({ stream, isColored: false }), messagesOf("en"), start);
  const step = (at: number, steps: number, elapsedMs: number) =>
    progress.step({
      ...{ version: 1, kind: "step", step: at, epoch: 1, learningRate: 0.1, elapsedMs },
      ...{ losses: new Float32Array(steps).fill(0.5), examples: 64 * steps },
    });
  vi.advanceTimersByTime(900);
  step(1, 1, 900); // a second of preparation
  vi.advanceTimersByTime(150);
  step(101, 100, 1050);
  vi.advanceTimersByTime(150);
  step(201, 100, 1200);
  expect(written.map(shown)).toMatchInlineSnapshot(`
    [
      "epoch 1/8  ────────────────────────────────────────    0%  loss 0.5000",
      "epoch 1/8  ━───────────────────────────────────────    1%  loss 0.5000",
      "epoch 1/8  ━─────────────────────    3%  loss 0.5000  42,667/s  10.0 s left",
    ]
  `);
});

test("what is printed goes above the line, in one piece, so that nothing flickers", () => {
  const { written, stream } = screen(40, true);
  const terminal = openTerminal({ stream, isColored: false });
  terminal.live("half");
  terminal.print("a row");
  terminal.live("");
  terminal.print("the end");
  expect(written).toEqual(["\rhalf\u001b[K", "\r\u001b[2Ka row\nhalf", "\r\u001b[2K", "the end\n"]);
});

test("after an epoch the line says where the training is now, and after the last that it is being measured", () => {
  vi.useFakeTimers();
  const { written, stream } = screen(80, true);
  const progress = new Progress(openTerminal({ stream, isColored: false }), messagesOf("en"), start);
  drive(progress, start.stepsPerEpoch, 10);
  progress.epoch({ step: start.stepsPerEpoch, elapsedMs: 9000, accuracy: 0.97 });
  expect(shown(written.at(-1)!)).toMatch(/^epoch 1\/8 .* 13% {2}loss 0\.5000 {2}accuracy 97\.0%/);
  progress.epoch({ step: 8 * start.stepsPerEpoch, elapsedMs: 90_000, accuracy: 0.98 });
  expect(shown(written.at(-1)!)).toBe("measuring …");
});
