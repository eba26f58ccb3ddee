import { type CompanyOptimum, companyData, companyInputs, companyOptimum, seasons } from "glassnet";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { decodeLink } from "../src/workspace/link.ts";
import { choose, studioTest } from "./studio.ts";

/** Waits until both models are fitted to rows of this kind and something was found. */
async function fitted(page: Page, kind: "company" | "table" = "company"): Promise<void> {
  await page.waitForSelector(`[data-lab^="${kind}"][data-fitting=false]`);
  await page.waitForSelector("[data-testid=profit-result]");
}

/** The company's books as somebody would have them: a CSV with the season as a word. */
function companyCsv(): string {
  const { inputs, targets, size } = companyData({ rows: 1200, seed: 5 });
  const width = companyInputs.length;
  const lines = Array.from({ length: size }, (_, row) => {
    const [price, marketing, competitor, ...ones] = inputs.data.subarray(row * width, (row + 1) * width);
    return [price, marketing, competitor, seasons[ones.indexOf(1)], targets.data[row]].join(",");
  });
  return ["price,marketing,competitor,season,profit", ...lines].join("\n");
}

const foundIn = async (page: Page, input: string): Promise<number> =>
  Number((await page.locator(`[data-testid=profit-result] [data-input="${input}"]`).textContent())!.replace("−", "-"));

studioTest("a pasted CSV leads to the best price, which is near the true one", async ({ open }) => {
  const page = await open("profit");
  await fitted(page);
  await page.getByRole("radio", { name: "Your own table (CSV)" }).click();
  await page.getByText("No table yet").waitFor();
  await page.locator("textarea").fill(companyCsv());
  await page.getByRole("button", { name: "Learn from it" }).click();
  await fitted(page, "table");
  await page.getByRole("textbox", { name: "Start of competitor" }).fill("25");
  await page.getByRole("textbox", { name: "Start of competitor" }).press("Enter");
  await choose(page, "season", "summer");
  const best: CompanyOptimum = companyOptimum({ competitor: 25, season: "summer" });
  await expect.poll(() => foundIn(page, "competitor")).toBe(25);
  await expect.poll(async () => Math.abs((await foundIn(page, "price")) - best.price)).toBeLessThan(1.5);
  expect(Math.abs((await foundIn(page, "marketing")) - best.marketing)).toBeLessThan(15);
  await page.getByText("Of your own table nobody knows the truth").waitFor();
});

studioTest("what is wrong with a table is said where it happened, and names are text", async ({ open }) => {
  const page = await open("profit", { language: "zh" });
  await fitted(page);
  await page.getByRole("radio", { name: "自己的表格（CSV）" }).click();
  await page.locator("textarea").fill("name,town\nAda,London\nAlan,Manchester\n");
  await page.getByRole("button", { name: "用它来学习" }).click();
  await page.getByRole("alert").getByText("没有一列是数值").waitFor();

  const rows = Array.from({ length: 40 }, (_, i) => `${i % 9},${(i * 7) % 11},${i % 2 ? "<i>a</i>" : "b"},${i % 9}`);
  const head = '"<img src=x onerror=""document.title=1"">",__proto__,word,profit';
  await page.locator("textarea").fill([head, ...rows].join("\n"));
  await page.getByRole("button", { name: "用它来学习" }).click();
  await fitted(page, "table");
  expect(await page.locator("main img, main i").count()).toBe(0);
  expect(await page.locator("[data-testid=profit-result] th", { hasText: "<img src=x" }).count()).toBe(1);
  expect(await page.title()).not.toBe("1");

  await page.getByRole("radio", { name: "虚构的公司" }).click();
  await fitted(page); // the workspace survives
});

studioTest("the goal, the bounds and the start decide what is found", async ({ open }) => {
  const page = await open("profit");
  await fitted(page);
  const regret = page.getByTestId("profit-regret");
  expect(Number.parseFloat((await regret.textContent())!)).toBeLessThan(2);

  await page.getByRole("radio", { name: "A target" }).click();
  await page.getByRole("textbox", { name: "Target" }).fill("100");
  await page.getByRole("textbox", { name: "Target" }).press("Enter");
  await page.getByText("The target is predicted.").first().waitFor();
  await page.getByTestId("profit-result").getByText("100.0 k€").first().waitFor();

  await page.getByRole("radio", { name: "The least" }).click();
  await page.getByText("Held by a bound").first().waitFor();
  await page.getByRole("radio", { name: "The most" }).click();

  await page.getByRole("textbox", { name: "Greatest Price" }).fill("200");
  await page.getByRole("textbox", { name: "Greatest Price" }).press("Enter");
  await page.getByRole("textbox", { name: "Start of Price" }).fill("190");
  await page.getByRole("textbox", { name: "Start of Price" }).press("Enter");
  await page
    .getByTestId("profit-result")
    .getByText(/outside the data/i)
    .first()
    .waitFor();

  await page.getByRole("switch", { name: "Turn Price" }).press("Space");
  await page.getByRole("switch", { name: "Turn Marketing" }).press("Space");
  await page.getByText("Everything stays as it is").waitFor();
  await page.getByRole("button", { name: "As at first" }).click();
  await expect.poll(async () => Number.parseFloat((await regret.textContent())!)).toBeLessThan(2);

  await page.getByRole("radio", { name: "Fixed" }).click();
  await page.getByRole("textbox", { name: "Rate", exact: true }).fill("500");
  await page.getByRole("textbox", { name: "Rate", exact: true }).press("Enter");
  await expect.poll(() => foundIn(page, "price")).toBeGreaterThan(0);
});

studioTest("everything goes by keyboard alone", async ({ open }) => {
  const page = await open("profit");
  await fitted(page);
  const map = page.getByRole("application", { name: /^Map of predictions/ });
  await map.focus();
  const start = page.getByRole("textbox", { name: "Start of Price" });
  const before = Number(await start.inputValue());
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(async () => Number(await start.inputValue())).toBeGreaterThan(before + 2);
  await page.locator("[aria-live]", { hasText: /^Start at Price/ }).waitFor({ state: "attached" });

  const steps = page.getByRole("grid", { name: "Every step of the inputs" });
  await steps.focus();
  await page.keyboard.press("Home");
  await page.getByText(/This step, input by input · Step 0 of/).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.getByText(/This step, input by input · Step 1 of/).waitFor();
  await page.getByRole("button", { name: "To the end" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Play" }).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  const step = async (): Promise<number> =>
    Number(/Step (\d+) of/.exec((await page.locator("caption", { hasText: "This step" }).textContent())!)![1]);
  await expect.poll(step).toBeGreaterThan(2);
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Play" }).waitFor();

  await page.getByRole("grid", { name: "Actual and predicted" }).focus();
  await page.keyboard.press("End");
  await page.getByRole("button", { name: "Begin the search here" }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(async () => Number(await start.inputValue())).not.toBe(before);
  const toggles = page.getByRole("button", { name: "How was this computed?" });
  for (const toggle of await toggles.all()) {
    await toggle.focus();
    await page.keyboard.press("Enter");
  }
  expect(await page.locator(".code-lines").count()).toBe(await toggles.count());
});

studioTest("a model of the lab is what every screen is about, until that is taken back", async ({ open }) => {
  const page = await open("profit");
  await fitted(page);
  await page.getByRole("button", { name: "Open in the microscope: Non-linear" }).click();
  await page.waitForSelector("[data-screen=microscope]");
  await page.goBack();
  await fitted(page);
  await page.getByText("The workspace is about this model now").waitFor();
  await page.getByRole("grid", { name: "Actual and predicted" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(() => page.getByText("The workspace is about this model now").count()).toBe(0);
  await fitted(page);
});

studioTest("a lost worker is begun again, and the models are fitted again", async ({ open, allow }) => {
  allow("lost on purpose");
  const page = await open("profit");
  await fitted(page);
  await page.getByRole("radio", { name: "Your own table (CSV)" }).click();
  await page.getByRole("button", { name: "Fill in an example" }).click();
  await fitted(page, "table");
  const found = await foundIn(page, "price");
  await page.workers()[0]!.evaluate(() => {
    setTimeout(() => {
      throw new Error("lost on purpose");
    });
  });
  await page.getByText("The worker that computes has ended.").waitFor();
  await page.getByRole("button", { name: "Start again" }).click();
  await page.waitForSelector("[data-session=open]");
  await page.getByRole("radio", { name: "The least" }).click();
  await expect.poll(() => foundIn(page, "price")).not.toBe(found);
  await page.getByRole("radio", { name: "The most" }).click();
  await expect.poll(() => foundIn(page, "price")).toBe(found);
});

studioTest("the address carries what was chosen", async ({ open }) => {
  const page = await open("profit");
  await fitted(page);
  await page.getByRole("radio", { name: "Linear", exact: true }).first().click();
  await page.getByRole("textbox", { name: "Start of Price" }).fill("33");
  await page.getByRole("textbox", { name: "Start of Price" }).press("Enter");
  await expect.poll(() => page.url()).toContain("profit");
  // The address is written when the state rests.
  const linked = async () => JSON.stringify(await decodeLink(new URL(page.url()).hash));
  await expect.poll(linked, { timeout: 20_000 }).toMatch(/\b33\b/);
  const hash = new URL(page.url()).hash.slice(1);
  const other = await open("profit", { hash, language: "zh" });
  await fitted(other);
  expect(await other.getByRole("textbox", { name: "价格的起点", exact: true }).inputValue()).toBe("33");
  expect(await other.getByRole("radio", { name: "线性", exact: true }).first().isChecked()).toBe(true);
});

for (const language of ["en", "zh"] as const) {
  for (const theme of ["light", "dark"] as const) {
    studioTest(`nothing serious is found by axe: ${language}, ${theme}`, async ({ open, expectAccessible }) => {
      const page = await open("profit", { language, theme });
      await fitted(page);
      await expectAccessible(page);
      await page.getByRole("radio", { name: /CSV/ }).click();
      await page.getByRole("button", { name: language === "en" ? "Fill in an example" : "填入示例" }).click();
      await fitted(page, "table");
      await expectAccessible(page);
    });
  }
}

studioTest("on a phone nothing is wider than the screen", async ({ open, expectAccessible }) => {
  for (const width of [390, 360]) {
    const page = await open("profit", { width, height: 800, hasTouch: true, reducedMotion: true });
    await fitted(page);
    const over = await page.evaluate(() => {
      const main = document.querySelector("main")!;
      return main.scrollWidth - main.clientWidth;
    });
    expect(over).toBeLessThanOrEqual(0);
    await page.getByRole("application", { name: /^Map of predictions/ }).tap({ position: { x: 200, y: 120 } });
    await expect.poll(() => page.getByRole("textbox", { name: "Start of Price" }).inputValue()).not.toBe("18");
    await expectAccessible(page);
  }
});
