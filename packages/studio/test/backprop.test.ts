import type { Page } from "playwright-core";
import { expect } from "vitest";
import { faultsOfLayout } from "./layout.ts";
import { choose, studioTest } from "./studio.ts";

const operation = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const current = (page: Page) => page.locator('.backprop-op[aria-current="step"]').textContent();
const rule = (page: Page) => page.getByRole("region", { name: "The rule" });

studioTest(
  "a step is taken apart: forward, loss, gradients, update, each cell opened",
  async ({ open, expectAccessible }) => {
    const page = await open("backprop");
    await page.locator(".backprop-op").first().waitFor();
    expect(await page.locator(".backprop-op").count()).toBe(20);
    expect(await current(page)).toBe("z⁽¹⁾");
    await page.getByText("A sum of 784 products").waitFor();

    await operation(page, "L, cross-entropy").click();
    await rule(page).getByText("−log p").first().waitFor();
    await operation(page, "∂L/∂W⁽³⁾, gradient of the weights").click();
    await page.getByText("One product, for there is one example.").waitFor();
    await page.getByText("the same, up to rounding").waitFor();
    // The layer is selected everywhere: the microscope looks at the output layer.
    const chosen = page.getByRole("complementary").getByRole("combobox", { name: "Layer" }).locator("option:checked");
    await chosen.filter({ hasText: "Output layer" }).waitFor({ state: "attached" });

    await page.getByRole("radio", { name: "4", exact: true }).first().click();
    await page.getByText("A sum of 4 products, one for each example.").waitFor();
    await operation(page, "W⁽³⁾, AdamW").click();
    await rule(page).getByText("m̂ ←").waitFor();
    await expectAccessible(page);
  },
);

studioTest("verify shows the digits that agree, for one gradient and for all parameters", async ({ open }) => {
  const page = await open("backprop");
  await page.locator(".backprop-op").first().waitFor();
  await operation(page, "∂L/∂W⁽²⁾, gradient of the weights").click();
  await page.getByRole("button", { name: "Verify this gradient" }).click();
  const verdict = page.locator(".backprop-verdict");
  await verdict.waitFor();
  expect(await verdict.textContent()).toMatch(/✓ (All digits agree|\d+ digits? agrees?)/);
  await page.getByRole("button", { name: "Verify the whole network" }).click();
  const table = page.getByRole("table", { name: "All parameters" });
  await table.waitFor();
  expect(await table.getByText("✓ agrees").count()).toBe(6);
});

studioTest(
  "what if the rate were: the slider shows the loss after this step, and can set the rate",
  async ({ open }) => {
    const page = await open("backprop");
    const slider = page.getByRole("slider", { name: "Learning rate of this one step" });
    await slider.waitFor();
    const after = page.locator(".backprop-reading dd").nth(1);
    await expect.poll(() => after.textContent()).not.toBe("–");
    const before = await after.textContent();
    await slider.focus();
    for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => after.textContent()).not.toBe(before);
    await page.getByRole("button", { name: "Take it as the learning rate" }).click();
    await page.getByRole("button", { name: "Undo" }).first().waitFor();
    await page.getByRole("button", { name: "Go to the settings' rate" }).click();
    // The settings have it now.
    await expect.poll(() => after.textContent()).not.toBe(before);
  },
);

studioTest(
  "a small network is a graph; it fills as the step goes on, and the own network comes back",
  async ({ open }) => {
    const page = await open("backprop");
    await page.locator(".backprop-op").first().waitFor();
    await page.getByRole("radio", { name: "Graph" }).click();
    await page.getByText("too large to be drawn").waitFor();
    await page.getByRole("button", { name: "Open a small network" }).click();
    const graph = page.getByRole("application", { name: /The network as a graph/ });
    await graph.waitFor();
    const words = page.locator(".backprop-node");
    await expect.poll(() => words.textContent()).toContain("gradient not known yet");
    await operation(page, "∂L/∂z⁽¹⁾, through tanh").click();
    await expect.poll(() => words.textContent()).toMatch(/z⁽¹⁾₀: value .*gradient [−\d]/);
    await graph.focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => words.textContent()).toContain("z⁽¹⁾₁");
    await page.getByRole("button", { name: "Back to my network" }).click();
    await expect.poll(() => page.locator(".backprop-op").count()).toBe(20);
  },
);

studioTest("the whole step by keyboard alone, in Chinese and dark, on a phone", async ({ open, expectAccessible }) => {
  const page = await open("backprop", { language: "zh", theme: "dark", width: 360, height: 740, hasTouch: true });
  const chip = page.locator('.backprop-op[aria-current="step"]');
  await chip.waitFor();
  await chip.focus();
  const seen = [await chip.textContent()];
  for (let i = 0; i < 18; i++) {
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => chip.evaluate((element) => element === document.activeElement)).toBe(true);
    seen.push(await chip.textContent());
  }
  expect(new Set(seen).size).toBeGreaterThan(15);
  expect(seen.at(-1)).toBe("W⁽³⁾ ←");
  const matrix = page.locator(".backprop-matrix canvas").last();
  await matrix.focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => page.url()).toContain("#");
  await expectAccessible(page);
  expect(await faultsOfLayout(page, "zh")).toEqual([]);
});

studioTest("two weights: the start is put by keyboard, and every optimizer has its way", async ({ open }) => {
  const page = await open("backprop");
  const table = page.locator(".backprop-standings");
  await table.waitFor();
  const losses = () => table.locator("td:last-child").allTextContents();
  await expect.poll(losses).not.toContain("–");
  const before = (await losses()).join();
  const picture = page.getByRole("application", { name: /The loss over both weights/ });
  await picture.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await losses()).join()).not.toBe(before);
  expect(await picture.getAttribute("aria-label")).toContain("Start −0.90");
});

studioTest("a drawing wants an answer, and an example that there is not says so", async ({ open }) => {
  const page = await open("backprop", { hash: "/draw" });
  await page.getByRole("button", { name: "Clear" }).click();
  const pad = page.getByRole("application", { name: /Pad to draw on/ });
  await pad.focus();
  await page.keyboard.press("Space");
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.getByRole("link", { name: "Backprop" }).click();
  await page.getByText("Say what your drawing shows").waitFor();
  await choose(page, /What did you draw/, "1");
  await page.locator(".backprop-op").first().waitFor();
  await page.getByText("Your drawing").first().waitFor();
});
