import type { Page } from "playwright-core";
import { expect } from "vitest";
import { faultsOfLayout } from "./layout.ts";
import { choose, studioTest } from "./studio.ts";
import {
  framesDuring,
  pauseTraining,
  processMegabytes,
  shownStep,
  startTraining,
  stepsPerSecond,
} from "./train-performance.ts";

/** What the page comes to say, sooner or later: the worker answers when it can. */
const soon = (read: () => unknown) => expect.poll(read, { timeout: 60_000 });

const shapeOf = (page: Page) => page.locator(".train-head-side .number").textContent();

/** Trains until the numbers of so many epochs are there, and pauses. */
async function trainEpochs(page: Page, epochs: number): Promise<void> {
  await startTraining(page);
  await page.waitForFunction(
    (wanted) => Number(document.querySelectorAll(".top-bar .readout dd")[1]?.textContent ?? 0) >= wanted,
    epochs,
  );
  await pauseTraining(page);
}

studioTest("a training is started over, watched, paused and edited", async ({ open }) => {
  const page = await open("train");
  await page.getByText("the curves begin with the first step").first().waitFor();
  await trainEpochs(page, 3);
  await page.waitForTimeout(300); // the steps that were under way
  const step = await shownStep(page);
  await page.waitForTimeout(300);
  expect(await shownStep(page)).toBe(step); // it stands still
  // The numbers say which step they are from, and the curves have tables.
  const numbers = page.locator(".train-numbers");
  await numbers.getByText(`step ${step.toLocaleString("en-GB")}, before its update`).waitFor();
  expect(Number((await numbers.locator("dd").nth(0).textContent())!.replace("−", "-"))).toBeGreaterThan(0);
  await numbers
    .getByText(/after epoch \d+, step/)
    .first()
    .waitFor();
  expect(await page.locator(".train-loss table tbody tr").count()).toBeGreaterThan(5);
  expect(await page.locator(".train-accuracy table tbody tr").count()).toBeGreaterThanOrEqual(3);
  // The rate is changed without losing the weights.
  const card = page.getByRole("region", { name: "Learning" });
  await card.getByRole("textbox", { name: "Learning rate" }).fill("0.0005");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "One step" }).click();
  await page.waitForFunction((before) => !document.body.textContent!.includes(`step ${before}, before`), step);
  expect(await shownStep(page)).toBe(step + 1);
  await page.getByRole("button", { name: "Undo: learning rate" }).click();
  await soon(() => card.getByRole("textbox", { name: "Learning rate" }).inputValue()).toBe("0.001");
  expect(await shownStep(page)).toBe(step + 1);
});

studioTest(
  "layers are added, resized, moved, removed and given another activation; all can be taken back",
  async ({ open }) => {
    const page = await open("train");
    expect(await shapeOf(page)).toContain("784-128-64-10, 109,386 parameters");
    await page.getByRole("button", { name: "Add a hidden layer" }).click();
    await soon(() => shapeOf(page)).toContain("784-128-64-64-10");
    const third = page.getByRole("region", { name: "Hidden layer 3" });
    await third.getByRole("textbox", { name: "Units" }).fill("20");
    await page.keyboard.press("Enter");
    await soon(() => shapeOf(page)).toContain("784-128-64-20-10");
    await third.getByRole("button", { name: "Move hidden layer 3 towards the input" }).click();
    await soon(() => shapeOf(page)).toContain("784-128-20-64-10");
    const second = page.getByRole("region", { name: "Hidden layer 2" });
    await choose(second, "Activation", "tanh");
    await soon(() => second.getByRole("combobox", { name: "Activation" }).inputValue()).toBe("tanh");
    await second.getByRole("slider", { name: "Dropout" }).press("ArrowRight");
    await soon(() => second.locator(".slider-head .number").textContent()).toBe("5%");
    await page.getByRole("button", { name: "Remove hidden layer 1" }).click();
    await soon(() => shapeOf(page)).toContain("784-20-64-10");
    for (const shape of ["784-128-20-64-10", "784-128-20-64-10", "784-128-20-64-10", "784-128-64-20-10"]) {
      await page.getByRole("button", { name: /^Undo/ }).click();
      await soon(() => shapeOf(page)).toContain(shape);
    }
    // Weights that fit are kept if the reader wants it.
    await page.getByText("Keep the weights that fit").click();
    await page.getByRole("region", { name: "Hidden layer 1" }).getByRole("textbox", { name: "Units" }).fill("100");
    await page.keyboard.press("Enter");
    await page.getByText(/numbers were taken over/).waitFor();
    // The input card.
    await page.getByRole("radio", { name: "Black or white" }).click();
    await page.getByText("Ink from 128 of 255 on is 1").waitFor();
    expect(await page.getByRole("combobox", { name: "Scaled" }).isDisabled()).toBe(true);
  },
);

studioTest("a unit that is chosen among the tiles is chosen on every screen, by keyboard too", async ({ open }) => {
  const page = await open("train");
  const tiles = page.locator(".train-weights canvas");
  await tiles.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.locator(".train-weights").getByText("Unit 17").waitFor();
  await soon(() => page.url()).toContain("#");
  await tiles.click({ position: { x: 4, y: 4 } });
  await page.locator(".train-weights").getByText("Unit 0").waitFor();
  // The change since a step is 0 before the first one, and has a sign behind it.
  await trainEpochs(page, 2);
  await page.getByRole("radio", { name: "Change" }).click();
  await page
    .locator(".train-weights")
    .getByText(/less those of step 0/)
    .waitFor();
  expect(await page.locator(".train-readout p").textContent()).toMatch(/most \+0\.\d+, least −0\.\d+/);
  const since = page.locator(".train-weights").getByRole("combobox", { name: /since step/ });
  await soon(() => since.getByRole("option").count()).toBeGreaterThanOrEqual(3);
  // Another layer, chosen in the table of health, is shown everywhere.
  await page.getByRole("button", { name: "layers.3.weight" }).click();
  await page
    .locator(".train-weights")
    .getByText(/64 of 64 units/)
    .first()
    .waitFor();
  const chosen = page.locator(".train-spreads").getByRole("combobox", { name: "Layer" }).locator("option:checked");
  await chosen.filter({ hasText: "Layer 2: 64 units" }).waitFor({ state: "attached" });
});

studioTest("health names a rate that diverges, and the workspace survives it", async ({ open }) => {
  const page = await open("train");
  await page.locator(".train-health table").waitFor();
  await page.getByRole("radio", { name: "SGD" }).click();
  const rate = page.getByRole("region", { name: "Learning" }).getByRole("textbox", { name: "Learning rate" });
  await rate.fill("100000");
  await page.keyboard.press("Enter");
  await startTrainingUntilItStops(page);
  await page.locator(".train-health [data-fault=diverged]").waitFor();
  expect(await page.locator(".train-health [data-fault=diverged]").textContent()).toContain("was not applied");
  await rate.fill("0.1");
  await page.keyboard.press("Enter");
  await trainEpochs(page, 2);
  await page.locator(".train-health [data-fault=diverged]").waitFor({ state: "detached" });
});

async function startTrainingUntilItStops(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start over" }).click();
  await page.locator(".top-bar .button-primary").click();
  await page.locator(".top-bar .button-primary path.icon-filled").waitFor({ timeout: 60_000 });
}

studioTest("training pauses by itself after so many epochs", async ({ open }) => {
  const page = await open("train");
  const card = page.getByRole("region", { name: "Pause by itself" });
  await choose(card, "When", "After every so many epochs");
  await card.getByRole("textbox", { name: "Epochs" }).fill("3");
  await page.keyboard.press("Enter");
  await startTrainingUntilItStops(page);
  await soon(() => page.locator(".top-bar .readout dd").nth(1).textContent()).toBe("3");
});

studioTest("A and B are trained side by side, and B is taken over", async ({ open, expectAccessible }) => {
  const page = await open("train");
  await page.getByRole("tab", { name: "A / B" }).click();
  await page.locator(".train-differs").getByText("0.01", { exact: true }).waitFor();
  for (const [name, value] of [
    ["Epochs", "2"],
    ["Seeds", "2"],
    ["Examples", "200"],
  ] as const) {
    await page.locator(".train-start").getByRole("textbox", { name }).fill(value);
    await page.keyboard.press("Enter");
  }
  await page.getByRole("button", { name: "Train A and B" }).click();
  await page.getByText("mean over 2 seeds").waitFor();
  await page.getByRole("button", { name: "Train A and B" }).waitFor(); // it has ended
  const last = page.locator(".train-bands tr").filter({ hasText: "Last epoch" });
  expect(await last.locator("td").allInnerTexts()).toEqual([
    expect.stringMatching(/^\d+\.\d% \(\d+\.\d% to \d+\.\d%\)$/),
    expect.stringMatching(/^\d+\.\d% \(\d+\.\d% to \d+\.\d%\)$/),
  ]);
  await page.locator(".train-bands canvas").focus();
  await page.keyboard.press("End");
  await page.getByText(/^Epoch 2: A \d/).waitFor();
  await page.getByRole("button", { name: "Change B" }).click();
  await expectAccessible(page);
  await page.getByRole("region", { name: "Change B" }).getByRole("button", { name: "Use for my network" }).click();
  const mine = page.locator(".train-setup").getByRole("textbox", { name: "Learning rate" });
  await soon(() => mine.inputValue()).toBe("0.01");
});

studioTest("everything can be reached and done by keyboard alone", async ({ open }) => {
  const page = await open("train", { reducedMotion: true });
  const reach = async (isThere: () => Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 80; i++) {
      if (await isThere()) return;
      await page.keyboard.press("Tab");
    }
    throw new Error("the control was not reached");
  };
  const isFocused = (selector: string) => () =>
    page.evaluate((wanted) => document.activeElement?.closest(wanted) !== null, selector);
  await reach(isFocused(".train-head-side button"));
  await page.keyboard.press("Enter");
  await reach(isFocused(".train-card input"));
  await page.keyboard.press("Control+a");
  await page.keyboard.type("96");
  await page.keyboard.press("Enter");
  await soon(() => shapeOf(page)).toContain("784-96-64-10");
  await reach(isFocused("[role=tab]"));
  await page.keyboard.press("ArrowRight");
  await page.locator(".train-compare").waitFor();
  await page.keyboard.press("ArrowLeft");
  await reach(isFocused(".train-weights canvas"));
  await page.keyboard.press("ArrowRight");
  await page.locator(".train-weights").getByText("Unit 1", { exact: false }).first().waitFor();
});

for (const [width, height] of [
  [1440, 900],
  [390, 844],
  [360, 740],
] as const) {
  studioTest(
    `nothing overlaps or is cut off at ${width}, in both languages and themes`,
    async ({ open, expectAccessible }) => {
      for (const [language, theme] of [
        ["en", "light"],
        ["zh", "dark"],
      ] as const) {
        const page = await open("train", { width, height, language, theme });
        await page.getByRole("button", { name: language === "en" ? "Start over" : "重新开始" }).click();
        await page.locator(".top-bar .button-primary").click();
        await page.locator(".train-accuracy table tbody tr").nth(1).waitFor({ state: "attached" });
        await pauseTraining(page);
        if (width < 700) await page.locator(".train-setup-toggle").click();
        await page.locator(".train-spreads canvas").first().waitFor();
        expect(await faultsOfLayout(page, language)).toEqual([]);
        await expectAccessible(page);
        await page.locator(".train-main [role=tab]").nth(1).click();
        expect(await faultsOfLayout(page, language)).toEqual([]);
        await expectAccessible(page);
      }
    },
  );
}

studioTest(
  "frames, steps and memory are measured while it trains; how good they are, the proof says",
  async ({ open }) => {
    const page = await open("train");
    await startTraining(page);
    const { gaps, median } = await framesDuring(page, 800);
    expect(gaps.length).toBeGreaterThan(1);
    expect(median).toBeGreaterThan(0);
    expect(await stepsPerSecond(page, 400, true)).toBeGreaterThan(0);
    expect(await stepsPerSecond(page, 400, false)).toBeGreaterThan(0);
    if (process.platform === "linux") expect(await processMegabytes(page)).toBeGreaterThan(10);
    expect(await pauseTraining(page)).toBeGreaterThan(0);
  },
);
