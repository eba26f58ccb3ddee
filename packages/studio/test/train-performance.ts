import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

/** @file What training costs the page: frames, long tasks, steps with and without views, memory of the whole process. */

export interface Frames {
  /** Time between two frames, in milliseconds: all of them, in order of size. */
  readonly gaps: readonly number[];
  readonly median: number;
  readonly p95: number;
  /** Tasks of the main thread over 50 ms, as the browser counts them. */
  readonly longTasks: readonly number[];
}

/** Watches the frames of the page for some time, while whatever goes on goes on. */
export async function framesDuring(page: Page, ms: number): Promise<Frames> {
  const { gaps, longTasks } = await page.evaluate(async (duration) => {
    const longTasks: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) longTasks.push(entry.duration);
    });
    observer.observe({ entryTypes: ["longtask"] });
    const gaps: number[] = [];
    const begin = performance.now();
    await new Promise<void>((resolve) => {
      let before = begin;
      const frame = (now: number): void => {
        gaps.push(now - before);
        before = now;
        if (now - begin < duration) requestAnimationFrame(frame);
        else resolve();
      };
      requestAnimationFrame(frame);
    });
    observer.disconnect();
    return { gaps: gaps.slice(1), longTasks };
  }, ms);
  const sorted = gaps.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { gaps: sorted, median: at(0.5), p95: at(0.95), longTasks };
}

/** The step that the bar shows. */
export async function shownStep(page: Page): Promise<number> {
  const text = (await page.locator(".top-bar .readout dd").first().textContent()) ?? "";
  return Number(text.replaceAll(/\D/g, ""));
}

/**
 * Holds back all frames of the page, as a hidden tab does: nothing is pulled and nothing drawn, while the worker trains on. The frames
 * that were asked for come when they are let go.
 */
export async function holdFrames(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const held: FrameRequestCallback[] = [];
    const global = globalThis as unknown as { held: FrameRequestCallback[]; frame: typeof requestAnimationFrame };
    global.held = held;
    global.frame = globalThis.requestAnimationFrame;
    globalThis.requestAnimationFrame = (callback) => held.push(callback);
  });
  return () =>
    page.evaluate(() => {
      const global = globalThis as unknown as { held: FrameRequestCallback[]; frame: typeof requestAnimationFrame };
      globalThis.requestAnimationFrame = global.frame;
      for (const callback of global.held) requestAnimationFrame(callback);
    });
}

/** Steps a second over some time, by the page's clock. It stands where the steps are read. */
export async function stepsPerSecond(page: Page, ms: number, hasViews: boolean): Promise<number> {
  const begin = await freshStep(page);
  const release = hasViews ? undefined : await holdFrames(page);
  await page.waitForTimeout(ms);
  await release?.();
  const end = await freshStep(page);
  return (1000 * (end.step - begin.step)) / (end.at - begin.at);
}

/** The step of the bar at the moment at which it changes: what was shown until then may be old. */
function freshStep(page: Page): Promise<{ readonly step: number; readonly at: number }> {
  return page.evaluate(async () => {
    const place = document.querySelector(".top-bar .readout dd")!;
    const before = place.textContent;
    while (place.textContent === before) await new Promise((resolve) => setTimeout(resolve, 2));
    return { step: Number(place.textContent!.replaceAll(/\D/g, "")), at: performance.now() };
  });
}

/** Memory that the page's process has for itself, the worker and WebAssembly included. On Linux alone. */
export async function processMegabytes(page: Page): Promise<number> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = (await session.send("SystemInfo.getProcessInfo")) as {
    processInfo: readonly { readonly type: string; readonly id: number }[];
  };
  await session.detach();
  let kilobytes = 0;
  for (const { type, id } of processInfo) {
    if (type !== "renderer") continue;
    const rollup = readFileSync(`/proc/${id}/smaps_rollup`, "utf8");
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

/** Starts the training of the settings' network, from its start values. */
export async function startTraining(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start over" }).click();
  await page.locator(".top-bar .button-primary").click();
  await page.waitForFunction(() => /[1-9]/.test(document.querySelector(".top-bar .readout dd")?.textContent ?? ""));
}

/** Presses Pause, and gives the time until the page shows that nothing is trained any more. */
export function pauseTraining(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const button = document.querySelector<HTMLButtonElement>(".top-bar .button-primary")!;
    const isRunning = (): boolean => document.querySelector(".top-bar .button-primary path.icon-filled") === null;
    if (!isRunning()) throw new Error("nothing is being trained");
    const begin = performance.now();
    button.click();
    await new Promise<void>((resolve) => {
      const look = (): void => (isRunning() ? void setTimeout(look, 1) : resolve());
      look();
    });
    return performance.now() - begin;
  });
}
