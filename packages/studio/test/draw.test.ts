import type { Page } from "playwright-core";
import { expect } from "vitest";
import { encodeLink, plainLink } from "../src/workspace/link.ts";
import { initialSelection } from "../src/workspace/selection.ts";
import { studioTest } from "./studio.ts";

/** A busy machine may take its time; a test holds no limit of time. */
const patient = { timeout: 30_000 };

type Point = readonly [number, number];

/** A 7 as people draw it, in pixels of a pad of 280. */
const seven: readonly Point[] = [
  [70, 60],
  [205, 60],
  [150, 150],
  [120, 245],
];

async function draw(page: Page, points: readonly Point[]): Promise<void> {
  const pad = page.locator(".draw-pad-canvas");
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  const at = ([x, y]: Point): [number, number] => [box.x + (x / 280) * box.width, box.y + (y / 280) * box.height];
  await page.mouse.move(...at(points[0]!));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 12 });
  await page.mouse.up();
}

/** Waits until the answer is that class. */
const answers = (page: Page, name: string) => page.locator(".draw-answer-class", { hasText: name }).waitFor();

const shareOf = async (page: Page, digit: number): Promise<number> =>
  Number.parseFloat((await page.locator(".draw-bar-value").nth(digit).textContent())!);

studioTest(
  "draw, explain, test: a drawn digit is read, its evidence sums to the logit, and the test says whether it holds",
  async ({ open, expectAccessible }) => {
    const page = await open("draw");
    await answers(page, "7"); // the first digit that is built in
    await page.getByText("That is right.").waitFor();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await page.getByText("Nothing is drawn:").waitFor();
    expect(await page.locator(".draw-bar-value").first().textContent()).toBe("–"); // it does not guess
    expect(await page.locator(".draw-evidence").count()).toBe(0);

    await draw(page, seven);
    await answers(page, "7");
    expect(await shareOf(page, 7)).toBeGreaterThan(50);
    await page.getByText("Your drawing · step 0 · forward pass.").first().waitFor();

    // The evidence: every row is printed, and their sum is the logit.
    await page
      .getByRole("button", { name: "Why 7?" })
      .or(page.getByRole("radio", { name: "Why 7?" }))
      .first()
      .waitFor();
    const numberOf = (text: string): number => Number(text.replace("−", "-").replace("+", ""));
    /** All rows and the logit of one moment: the figure follows the drawing. */
    const evidence = async (): Promise<{ rows: number[]; logit: number }> => {
      const [logit, ...rows] = await page.evaluate(() =>
        [".draw-evidence tfoot td", ".draw-evidence tbody td:nth-child(3)"].flatMap((place, i) =>
          [...document.querySelectorAll(place)].slice(0, i === 0 ? 1 : undefined).map((cell) => cell.textContent ?? ""),
        ),
      );
      return { rows: rows.map(numberOf), logit: numberOf(logit!) };
    };
    const { rows, logit } = await evidence();
    const sum = rows.reduce((all, x) => all + x, 0);
    expect(rows).toHaveLength(11); // the bias, nine units, and the others
    expect(Math.abs(sum - logit)).toBeLessThan(0.0005 * rows.length + 1e-9);

    await page
      .getByText(/^Why 7 and not \d\?$/)
      .first()
      .click();
    await page
      .getByText(/Logit of 7 less that of \d/)
      .first()
      .waitFor();
    await page.getByText("Why 7?", { exact: true }).first().click();

    await page.getByRole("button", { name: "Test", exact: true }).click();
    await page.getByText(/random choices lost as much or more/).waitFor();
    const drop = numberOf((await page.locator(".draw-table tbody tr").nth(1).locator("td").nth(1).textContent())!);
    const random = numberOf((await page.locator(".draw-table tbody tr").nth(2).locator("td").nth(1).textContent())!);
    expect(drop).toBeGreaterThan(random);
    // What the five strongest lose is their evidence: the last layer is linear.
    const strongest = (await evidence()).rows
      .slice(1, -1)
      .filter((x) => x > 0)
      .slice(0, 5);
    expect(strongest).toHaveLength(5);
    expect(drop).toBeCloseTo(
      strongest.reduce((all, x) => all + x, 0),
      1,
    );

    await expectAccessible(page);
    await page.getByRole("button", { name: "Undo: stroke" }).click();
    await page.getByText("Nothing is drawn:").waitFor();
  },
);

studioTest("normalisation and encoding can be switched, and the network sees what is shown", async ({ open }) => {
  const page = await open("draw");
  await answers(page, "7");
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await draw(
    page,
    seven.map(([x, y]): Point => [10 + x * 0.4, 10 + y * 0.4]),
  ); // small, in a corner
  await answers(page, "7");
  await page.getByText(/Cropped to \d+ × \d+ of 280 × 280/).waitFor();
  const lit = async (): Promise<number> =>
    Number(/(\d+) of 784 inputs/.exec((await page.getByText(/of 784 inputs/).textContent())!)![1]);
  const normal = await lit();
  await page.locator(".draw-sees-tools .switch").click();
  await page.getByText(/^Not normalised/).waitFor();
  await expect.poll(lit, patient).toBeLessThan(normal / 2);
  await page.locator(".draw-sees-tools .switch").click();
  await page.getByText("Binary", { exact: true }).click();
  await page.getByText(/^.*pixels of 128 and more count as 1/).waitFor();
  await expect.poll(lit, patient).toBeLessThan(normal); // the soft edges are gone
});

studioTest(
  "a unit, a class and a pixel that are chosen are chosen everywhere, and a link brings them back",
  async ({ open }) => {
    const page = await open("draw");
    await answers(page, "7");
    await page.locator(".draw-evidence .draw-link").nth(1).click();
    const unit = (await page.locator(".draw-evidence .draw-link").nth(1).textContent())!;
    await page.getByRole("group", { name: "Classes and their probabilities" }).getByRole("button").nth(3).click();
    await page.getByText("Why 3?", { exact: true }).first().waitFor();
    await page.getByRole("application", { name: /The 784 pixels/ }).focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText("28 · 14 + 15 = 407").waitFor();
    await expect.poll(() => page.url(), patient).toContain("?s=");
    await page.waitForTimeout(400); // the address rests a moment before it is written
    const hash = new URL(page.url()).hash.slice(1);

    const again = await open("draw", { hash });
    await again.getByText("Why 3?", { exact: true }).first().waitFor();
    await again.getByText("28 · 14 + 15 = 407").waitFor();
    expect(new URL(again.url()).hash.slice(1)).toBe(hash);
    const pressed = again.locator(".draw-evidence .draw-link[aria-pressed=true]");
    if ((await pressed.count()) > 0) expect(await pressed.textContent()).toBe(unit);
  },
);

studioTest("probes measure that hidden layers hold more than pixels", async ({ open }) => {
  const page = await open("draw");
  await answers(page, "7");
  await page.getByRole("button", { name: "Measure" }).click();
  await page.locator(".draw-probes tbody tr").nth(2).waitFor({ timeout: 60_000 });
  const shares = (await page.locator(".draw-probes tbody td:nth-child(3)").allTextContents()).map(Number.parseFloat);
  expect(shares[1]).toBeGreaterThan(shares[0]!);
  expect(shares[2]).toBeGreaterThan(shares[0]!);
  await page.getByText(/tells the digits apart better than the pixels/).waitFor();
});

studioTest("the whole journey by keyboard alone, in Chinese", async ({ open, expectAccessible }) => {
  const page = await open("draw", { language: "zh", theme: "dark", reducedMotion: true });
  await answers(page, "7");
  const pad = page.getByRole("application", { name: /画板/ });
  await pad.focus();
  await page.keyboard.press("Delete");
  await page.getByText("还什么都没画：").waitFor();
  // A 1, downwards from the upper middle.
  await pad.focus();
  await page.keyboard.press("Space");
  for (let i = 0; i < 17; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await answers(page, "1");
  // To the network, whose units the arrows select.
  const network = page.getByRole("application", { name: /圆和线/ });
  await network.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.locator(".draw-line", { hasText: /隐藏层 2，单元 \d+/ }).waitFor();
  const tiles = page.getByRole("application", { name: /权重图/ });
  await tiles.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.locator(".draw-line", { hasText: /单元 1：/ }).waitFor();
  const test = page.getByRole("button", { name: "检验", exact: true });
  await test.focus();
  await page.keyboard.press("Enter");
  await page.getByText(/次随机选择中/).waitFor();
  const stage = page.getByText("排成一列", { exact: true });
  await stage.focus();
  await page.keyboard.press("Space");
  for (const button of await page.getByRole("button", { name: "这是怎样算出来的？" }).all()) {
    await button.focus();
    await page.keyboard.press("Enter");
  }
  expect(await page.locator(".code-lines").count()).toBe(8);
  await expectAccessible(page);
});

studioTest("it works on a phone by touch, in both languages and themes", async ({ open, expectAccessible }) => {
  for (const [language, theme] of [
    ["en", "dark"],
    ["zh", "light"],
  ] as const) {
    const page = await open("draw", { width: 360, height: 740, language, theme, hasTouch: true });
    await answers(page, "7");
    await page.getByRole("button", { name: language === "en" ? "Random test digit" : "随机测试数字" }).tap();
    await page
      .getByText(language === "en" ? /Validation digit \d+/ : /验证集第 \d+ 个数字/)
      .first()
      .waitFor();
    const overflow = await page.evaluate(() => document.querySelector(".main")!.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await expectAccessible(page);
  }
});

studioTest("a test digit in black and white is a drawing, and itself again in shades", async ({ open }) => {
  const page = await open("draw");
  await page.getByText("Validation digit 0 ·").first().waitFor();
  await page.getByText("Binary", { exact: true }).click();
  await page.getByText("Digit 0 in black and white ·").first().waitFor();
  await answers(page, "7");
  await page.getByText("Intensity", { exact: true }).click();
  await page.getByText("Validation digit 0 ·").first().waitFor();
});

studioTest("an example that is not there is said where it happens", async ({ open }) => {
  const hash = await encodeLink({
    ...plainLink("draw"),
    selection: { ...initialSelection, example: { from: "validation", index: 123_456 } },
  });
  const page = await open("draw", { hash });
  await page.locator(".draw-hero").getByText("It is not there.").waitFor();
  await page.getByRole("button", { name: "Show the first digit" }).click();
  await answers(page, "7");
});

studioTest("the picture follows while the network is trained", async ({ open }) => {
  const page = await open("draw");
  await answers(page, "7");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await page
    .getByText(/Validation digit 0 · step [1-9]/)
    .first()
    .waitFor();
  const logits = new Set<string>();
  await expect
    .poll(async () => {
      logits.add((await page.locator(".draw-evidence tfoot td").first().textContent())!);
      return logits.size;
    }, patient)
    .toBeGreaterThan(2);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
});
