import { expect } from "vitest";
import { studioTest } from "./studio.ts";

/** From the event of a stroke to the numbers on the page: less than a frame of 60 a second. */
const FRAME_MS = 16;

studioTest("a stroke is read within a frame", async ({ open }) => {
  const page = await open("draw");
  await page.locator(".draw-answer-class").waitFor();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  // By the page's own clock. The first strokes are slower: programs are made.
  const times = await page.evaluate(async () => {
    const pad = document.querySelector<HTMLCanvasElement>(".draw-pad-canvas")!;
    const { left, top } = pad.getBoundingClientRect();
    const value = document.querySelectorAll(".draw-bar-value")[7]!;
    const send = (type: string, x: number, y: number): void => {
      pad.dispatchEvent(
        new PointerEvent(type, { pointerId: 1, clientX: left + x, clientY: top + y, bubbles: true, isPrimary: true }),
      );
    };
    pad.setPointerCapture = () => undefined; // a made-up pointer cannot be captured
    send("pointerdown", 60, 60);
    const found: number[] = [];
    for (let i = 0; i < 45; i++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      const begun = performance.now();
      const changed = new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          resolve(undefined);
        });
        observer.observe(value, { childList: true, characterData: true, subtree: true });
      });
      send("pointermove", 40 + 2 * i, 40 + 3 * i);
      await changed;
      if (i >= 5) found.push(performance.now() - begun);
    }
    send("pointerup", 120, 160);
    return found.sort((a, b) => a - b);
  });
  expect(times).toHaveLength(40);
  console.log(`stroke to prediction: median ${times[20]!.toFixed(1)} ms, slowest ${times[39]!.toFixed(1)} ms`);
  expect(times[20]!).toBeLessThanOrEqual(FRAME_MS);
});
