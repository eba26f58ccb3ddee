import type { Page } from "playwright-core";
import { expect } from "vitest";
import { studioTest } from "./studio.ts";

/** Waits until the walk of the loss that is looked at is there, and says how it ended. */
async function walked(page: Page, loss: string): Promise<string> {
  const outcome = page.locator(`[data-testid=game-outcome][data-loss=${loss}][data-fresh=true]`);
  await outcome.waitFor();
  return (await outcome.getAttribute("data-outcome"))!;
}

const plane = (page: Page) => page.getByRole("application", { name: /^The plane/ });
const ratioOf = async (page: Page): Promise<number> => Number(await page.getByTestId("game-ratio").textContent());

/** From a place on the plane to a point of the page. */
async function pointAt(page: Page, x: number, y: number): Promise<readonly [number, number]> {
  await plane(page).scrollIntoViewIfNeeded();
  const box = (await plane(page).boundingBox())!;
  const unit = Math.min(box.width / 106, box.height / 76);
  return [box.x + (box.width - 100 * unit) / 2 + x * unit, box.y + (box.height - 70 * unit) / 2 + y * unit];
}

async function drag(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
  const [ax, ay] = await pointAt(page, ...from);
  const [bx, by] = await pointAt(page, ...to);
  await page.mouse.move(ax, ay);
  await page.mouse.down();
  await page.mouse.move((ax + bx) / 2, (ay + by) / 2, { steps: 4 });
  await page.mouse.move(bx, by, { steps: 4 });
  await page.mouse.up();
}

const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true }).first();

studioTest("naive descent is caught by walls, descent on the walking distance comes to the goal", async ({ open }) => {
  const page = await open("game");
  expect(await walked(page, "distance")).toBe("stuck");
  await page.getByRole("radio", { name: "Squared" }).click();
  expect(await walked(page, "squared")).toBe("stuck");
  await page.getByRole("radio", { name: "Walking" }).click();
  expect(await walked(page, "walking")).toBe("goal");
  expect(await ratioOf(page)).toBeLessThanOrEqual(1.05);
  const ends = page.getByTestId("game-compare");
  await expect.poll(() => ends.locator("tr[data-outcome=stuck]").count()).toBe(2);
  expect(await ends.locator("tr[data-outcome=goal]").getAttribute("data-loss")).toBe("walking");
});

studioTest("the goal is dragged, walls are drawn, and all of it is taken back", async ({ open }) => {
  const page = await open("game");
  await page.getByRole("button", { name: "No walls" }).click();
  expect(await walked(page, "distance")).toBe("goal");
  expect(await ratioOf(page)).toBeLessThanOrEqual(1.01);

  await drag(page, [86, 14], [50, 30]);
  await expect.poll(async () => Math.round(Number(await field(page, "x").inputValue()))).toBe(50);
  expect(await walked(page, "distance")).toBe("goal");
  expect(await ratioOf(page)).toBeLessThanOrEqual(1.01);

  await page.getByRole("radio", { name: "Draw a wall" }).click();
  await drag(page, [28, 30], [33, 60]);
  await expect.poll(async () => Math.round(Number(await field(page, "Width").inputValue()))).toBe(5);
  expect(await walked(page, "distance")).not.toBe("goal");
  await field(page, "Height").fill("6");
  await field(page, "Height").press("Enter");
  expect(await walked(page, "distance")).toBe("goal");

  await drag(page, [30.5, 33], [50, 30]); // onto the goal, which makes way
  expect(await walked(page, "distance")).toBe("goal");
  for (let i = 0; i < 5; i++) await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(() => page.getByTestId("game-compare").locator("tr[data-outcome=stuck]").count()).toBe(2);
});

studioTest("overshoot and divergence are seen and said", async ({ open }) => {
  const page = await open("game");
  await page.getByRole("button", { name: "No walls" }).click();
  await page.getByRole("button", { name: "Overshoot", exact: true }).click();
  expect(await walked(page, "distance")).toBe("overshoot");
  await page.getByRole("radio", { name: "Squared" }).click();
  await page.getByRole("button", { name: "Diverging" }).click();
  await expect.poll(() => walked(page, "squared")).toBe("diverged");
  await page.getByRole("button", { name: "To and fro" }).click();
  await expect.poll(() => walked(page, "squared")).toBe("goal");
  expect(await ratioOf(page)).toBeGreaterThan(5);
  await page.getByText("Log", { exact: true }).click();
});

studioTest("a policy learns, is examined, opened in the microscope, given back, and raced", async ({ open }) => {
  const page = await open("game");
  await page.getByRole("button", { name: "No walls" }).click(); // among walls it takes longer: see the proof
  await field(page, "Epochs").fill("6");
  await field(page, "Epochs").press("Enter");
  expect(await walked(page, "distance")).toBe("goal");
  await page.getByRole("button", { name: "Teach it", exact: true }).click();
  await page.waitForSelector("[data-testid=game-epoch][data-running=true]");
  await page.waitForSelector("[data-testid=game-exam][data-share]", { timeout: 240_000 });
  const exam = page.getByTestId("game-exam");
  expect(Number(await exam.getAttribute("data-share"))).toBeGreaterThanOrEqual(0.95);
  expect(Number(await exam.getAttribute("data-ratio"))).toBeLessThanOrEqual(1.15);
  await page.getByText("What was unseen: the goals.").waitFor();
  await page.getByRole("application", { name: /^The exam/ }).focus();
  await page.keyboard.press("ArrowRight");
  await page.getByText(/^Goal 1: from/).waitFor();

  await page.getByRole("button", { name: "Open in the microscope" }).click();
  await page.waitForSelector("[data-screen=microscope]");
  await page.getByText("ray →").first().waitFor();
  await page.goBack();
  await page.getByText("The workspace is about the policy now").waitFor();
  const row = page.getByRole("slider", { name: /^Step of its way/ });
  await row.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => row.getAttribute("aria-valuetext")).toBe("1");
  await page.getByRole("button", { name: "Back to the model before" }).click();
  await expect.poll(() => page.getByText("The workspace is about the policy now").count()).toBe(0);

  const track = page.getByRole("application", { name: /^Race/ });
  const race = page.getByTestId("game-race");
  await track.focus();
  await page.keyboard.down("ArrowRight");
  await expect.poll(() => race.getAttribute("data-status")).toBe("running");
  await page.keyboard.press("Space");
  await expect.poll(() => race.getAttribute("data-status")).toBe("paused");
  await page.keyboard.up("ArrowRight");
  await page.getByRole("button", { name: "Another goal" }).click();
  await page.getByRole("radio", { name: "Descent" }).click();
  await expect.poll(() => race.getAttribute("data-status")).toBe("ready");
});

studioTest("a human wins or loses a race by arrow keys", async ({ open }) => {
  const page = await open("game");
  await page.getByRole("button", { name: "No walls" }).click();
  for (const [name, value] of [
    ["x", "42"],
    ["y", "58"],
  ] as const) {
    await field(page, name).fill(value);
    await field(page, name).press("Enter");
  }
  expect(await walked(page, "distance")).toBe("goal");
  const race = page.getByTestId("game-race");
  const track = page.getByRole("application", { name: /^Race/ });
  await track.focus();
  await page.keyboard.down("ArrowRight");
  await expect.poll(() => race.getAttribute("data-status"), { timeout: 8000 }).toBe("over");
  await page.keyboard.up("ArrowRight");
  expect(["human", "rival"]).toContain(await race.getAttribute("data-winner"));
  await page.getByRole("button", { name: "Once more" }).click();
  await expect.poll(() => race.getAttribute("data-status")).toBe("ready");
});

studioTest("everything on the plane goes by keyboard alone", async ({ open }) => {
  const page = await open("game");
  await walked(page, "distance");
  await plane(page).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowDown");
  await expect.poll(() => field(page, "x").inputValue()).toBe("85");
  await expect.poll(() => field(page, "y").inputValue()).toBe("19");
  for (let i = 0; i < 2; i++) await page.keyboard.press("Space"); // goal, start, wall 1
  await field(page, "Width").waitFor();
  await plane(page).focus();
  await page.keyboard.press("Delete");
  await expect.poll(() => field(page, "Width").count()).toBe(0);
  await walked(page, "distance");
  const step = page.getByRole("slider", { name: "Step", exact: true });
  await step.focus();
  await page.keyboard.press("Home");
  await page
    .getByTestId("game-step")
    .getByText(/^Step 0 of/)
    .waitFor();
  await page.getByRole("button", { name: "Play" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).first().waitFor();
  await page.keyboard.press("Space");
  const toggles = page.getByRole("button", { name: "How was this computed?" });
  for (const toggle of await toggles.all()) {
    await toggle.focus();
    await page.keyboard.press("Enter");
  }
  await expect.poll(() => page.locator("main .code-lines").count()).toBeGreaterThanOrEqual(7);
});

studioTest("the address carries the plane, and one that was cut in half is no harm", async ({ open }) => {
  const page = await open("game");
  await page.getByRole("button", { name: "No walls" }).click();
  await page.getByRole("radio", { name: "Squared" }).click();
  await walked(page, "squared");
  await page.waitForTimeout(600); // the address is written when the state rests
  const hash = new URL(page.url()).hash.slice(1);
  const other = await open("game", { hash, language: "zh" });
  expect(await walked(other, "squared")).toBe("goal");
  const half = await open("game", { hash: hash.slice(0, hash.length - 9) });
  await half.waitForSelector("main h1");
});

for (const language of ["en", "zh"] as const) {
  for (const theme of ["light", "dark"] as const) {
    studioTest(`nothing serious is found by axe: ${language}, ${theme}`, async ({ open, expectAccessible }) => {
      const page = await open("game", { language, theme });
      await walked(page, "distance");
      await expectAccessible(page);
      await page.getByRole("textbox", { name: language === "en" ? "Epochs" : "轮数" }).fill("2");
      await page.getByRole("textbox", { name: language === "en" ? "Epochs" : "轮数" }).press("Enter");
      await page.getByRole("button", { name: language === "en" ? "Teach it" : "教它走路" }).click();
      await page.waitForSelector("[data-testid=game-exam][data-share]", { timeout: 240_000 });
      await expectAccessible(page);
    });
  }
}

studioTest("on a phone nothing is wider than the screen, and a finger steers", async ({ open, expectAccessible }) => {
  for (const width of [390, 360]) {
    const page = await open("game", { width, height: 800, hasTouch: true, reducedMotion: true });
    await walked(page, "distance");
    const over = await page.evaluate(() => {
      const main = document.querySelector("main")!;
      return main.scrollWidth - main.clientWidth;
    });
    expect(over).toBeLessThanOrEqual(0);
    await page.getByRole("application", { name: /^Race/ }).tap({ position: { x: 200, y: 120 } });
    await expect.poll(() => page.getByTestId("game-race").getAttribute("data-status")).not.toBe("ready");
    await expectAccessible(page);
  }
});
