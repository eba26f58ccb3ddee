import { digitNames, encodeModel, flatten, linear, pixelEncodings, Rng, sequential, tanh } from "glassnet";
import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { faultsOfLayout } from "./layout.ts";
import { choose, studioTest } from "./studio.ts";

const fact = async (page: Page, name: string): Promise<string> =>
  (await page.locator(`[data-fact=${name}]`).first().textContent()) ?? "";

/** Waits until the microscope shows this neuron. */
const shows = async (page: Page, unit: number): Promise<void> => {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll("canvas[role=application]")].some(
        (canvas) => / Neuron (\d+) gives/.exec(canvas.getAttribute("aria-label") ?? "")?.[1] === String(wanted),
      ),
    unit,
  );
};

/** A model file with a hidden layer of 10,000 units, small all the same: two units come before it. */
function wideModel(): Uint8Array {
  const rng = Rng.seeded(3);
  const model = sequential(
    flatten(),
    linear(784, 2, { rng }),
    tanh,
    linear(2, 10_000, { rng }),
    tanh,
    linear(10_000, 10, { rng }),
  );
  return encodeModel({
    model,
    inputShape: [28, 28],
    preprocessing: pixelEncodings.intensity,
    classNames: digitNames,
    outputs: "logits",
  });
}

describe("the microscope", () => {
  studioTest("shows every term of a neuron's sum, which is z, and opens the neuron behind a term", async ({ open }) => {
    const page = await open("microscope");
    await shows(page, 0);
    expect(await fact(page, "sum")).toBe(await fact(page, "z"));
    expect((await fact(page, "sum")).length).toBeGreaterThan(5);
    const table = page.getByRole("grid", { name: "The sum, term by term" });
    // In place the 784 terms and the bias, unfolded: the last line has come to z.
    await page.getByRole("radio", { name: "In place" }).click();
    await page.getByText("Fold zeros").click();
    expect(await table.getAttribute("aria-rowcount")).toBe(String(784 + 1 + 1));
    await table.focus();
    await page.keyboard.press("End");
    const last = table.getByRole("row", { name: /^bias/ });
    await last.waitFor();
    const running = (await last.getByRole("gridcell").last().textContent())!.replace("−", "-");
    const z = Number((await fact(page, "z")).replace("−", "-"));
    expect(Math.abs(Number(running) - z)).toBeLessThanOrEqual(0.5e-4 + 1e-6);
    expect(await page.locator(".data-row").count()).toBeLessThan(80); // of 785: only what is seen is made

    await choose(page, "Layer", /Hidden layer 2/);
    await page.getByRole("radio", { name: "By size" }).click();
    await page.waitForFunction(() => location.hash.includes("?s=") || location.hash.length > 5);
    await table
      .getByRole("row", { name: /^neuron/ })
      .first()
      .waitFor();
    await table.focus();
    await page.keyboard.press("Home");
    const first = (await table.locator('[aria-selected="true"] [role=gridcell]').first().textContent())!;
    await page.keyboard.press("Enter");
    await shows(page, Number(/neuron (\d+)/.exec(first)![1]));
  });

  studioTest(
    "steps through neurons and examples by keyboard, and the choice is that of every screen",
    async ({ open }) => {
      const page = await open("microscope");
      await shows(page, 0);
      await page.getByRole("application", { name: /Arrow keys choose another/ }).focus();
      for (let unit = 1; unit <= 3; unit++) {
        await page.keyboard.press("ArrowRight");
        await shows(page, unit);
      }
      await page.keyboard.press("End");
      await shows(page, 127);
      await page.getByRole("button", { name: "Previous neuron" }).press("Enter");
      await shows(page, 126);
      const z = await fact(page, "z");
      await page.getByRole("button", { name: "Next example" }).press("Enter");
      await page.waitForFunction((before) => document.querySelector("[data-fact=z]")?.textContent !== before, z);
      const there = await fact(page, "z");
      await page.keyboard.press("3"); // the train screen, with the microscope at its right
      await page.locator(".inspector [data-fact=z]").waitFor();
      await shows(page, 126);
      expect(await fact(page, "z")).toBe(there);
      await page.getByRole("tab", { name: "Curve" }).press("Enter");
      const curve = page.getByRole("application", { name: /^Activation curve/ });
      await curve.focus();
      await page.keyboard.press("ArrowRight");
      await page.getByText(/^at z = .* it would give/).waitFor();
      await page.getByRole("button", { name: "Open the microscope" }).press("Enter");
      await page.waitForFunction(() => location.hash.startsWith("#/microscope"));
    },
  );

  studioTest("edits, kills and freezes a neuron, and takes it all back", async ({ open }) => {
    const page = await open("microscope");
    await shows(page, 0);
    const before = await fact(page, "z");
    const bias = page.getByRole("textbox", { name: "Bias" });
    await bias.fill("2.5");
    await bias.press("Enter");
    await page.waitForFunction((z) => document.querySelector("[data-fact=z]")?.textContent !== z, before);
    const moved = await fact(page, "z");
    expect(Number(moved.replace("−", "-"))).toBeGreaterThan(Number(before.replace("−", "-")));
    expect(await fact(page, "value")).not.toBe("0.00000");
    await page.getByRole("button", { name: "Kill", exact: true }).click();
    await page.locator(".microscope-mark", { hasText: "Killed" }).waitFor();
    expect([await fact(page, "z"), await fact(page, "value")]).toEqual([moved, "0.00000"]);
    await page.getByRole("button", { name: "Freeze", exact: true }).click();
    await page.locator(".microscope-mark", { hasText: "Frozen" }).waitFor();
    await page.getByText("Frozen: the update leaves this neuron").waitFor();
    await page.getByRole("button", { name: "One step", exact: true }).click();
    await page.waitForFunction(() => document.querySelector(".readout dd")?.textContent === "1");
    await page.getByText("weights of step 1").first().waitFor();
    expect(await fact(page, "z")).toBe(moved); // its weights were left alone, and the pixels are the same
    for (let turn = 0; turn < 3; turn++) {
      await page.locator("main").getByRole("button", { name: "Undo", exact: true }).click();
    }
    await page.waitForFunction((z) => document.querySelector("[data-fact=z]")?.textContent === z, before);
    expect(await page.locator(".microscope-mark").count()).toBe(0);
    await page.locator("main").getByRole("button", { name: "Redo", exact: true }).click();
    await page.waitForFunction((z) => document.querySelector("[data-fact=z]")?.textContent === z, moved);
  });

  studioTest("spells the coming update out, and the next step takes it", async ({ open }) => {
    const page = await open("microscope");
    await choose(page, "Layer", /Output layer/);
    await page.getByText("Softmax is part of the loss, not of the network.").waitFor();
    await page.getByRole("heading", { name: /^The update of the weight of neuron/ }).waitFor();
    await page.getByText("AdamW, learning rate η = 0.001, its step t = 1").waitFor();
    await page.getByText("m ← β₁ · m + (1 − β₁) · g").waitFor();
    await page.getByRole("button", { name: "Take one step of the training" }).click();
    await page.getByText("AdamW, learning rate η = 0.001, its step t = 2").waitFor();
    const memory = await page.locator(".microscope-slots td").allInnerTexts();
    expect(memory).toHaveLength(4);
    expect(memory[0]).not.toBe("0"); // it remembers the step
  });

  studioTest("shows the strongest examples, and opens one", async ({ open }) => {
    const page = await open("microscope");
    await page.getByRole("heading", { name: "Strongest examples" }).waitFor();
    const button = page.locator(".microscope-examples button").first();
    const [, index, value] = /Example (\d+), class .+: (.+)/.exec((await button.getAttribute("aria-label"))!)!;
    await button.press("Enter");
    await page.waitForFunction(
      (wanted) => document.querySelector("[data-fact=value]")?.textContent?.startsWith(wanted!) === true,
      value!.slice(0, 4),
    );
    expect(await page.getByRole("textbox", { name: "Row" }).inputValue()).toBe(index);
    expect(await button.getAttribute("aria-pressed")).toBe("true");
  });

  studioTest("says so when there is nothing to look at, and finds something", async ({ open }) => {
    const page = await open("microscope");
    await shows(page, 0);
    await choose(page, "Example", "Drawing");
    await page.getByText("Nothing is drawn.").waitFor();
    await page.getByRole("button", { name: "Take a digit from the data" }).click();
    await page.getByText("Nothing is drawn.").waitFor({ state: "detached" });
  });

  studioTest("makes only what is seen of a layer of ten thousand neurons, on a phone", async ({ open }) => {
    const page = await open("microscope", { width: 390, height: 844, hasTouch: true });
    await shows(page, 0);
    await page.evaluate(
      async ([name, content]) => {
        const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], name));
        for (const type of ["dragover", "drop"]) {
          document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
        }
      },
      ["wide.safetensors", Buffer.from(wideModel()).toString("base64")] as const,
    );
    await choose(page, "Layer", /Hidden layer 2 · 10,000/);
    await page.getByRole("application", { name: /^10,000 neurons/ }).focus();
    await page.keyboard.press("End");
    await shows(page, 9999);
    await choose(page, "Layer", /Output layer/);
    const table = page.getByRole("grid", { name: "The sum, term by term" });
    await page.getByText("Fold zeros").click();
    await page.waitForFunction(() => document.querySelector("[role=grid]")?.getAttribute("aria-rowcount") === "10002");
    await table.focus();
    await page.keyboard.press("End");
    await page.waitForFunction(() => document.querySelector('.data-row[aria-rowindex="10002"]') !== null);
    expect(await page.locator(".data-row").count()).toBeLessThan(80);
    expect(await fact(page, "sum")).toBe(await fact(page, "z"));
    expect(await faultsOfLayout(page, "en")).toEqual([]);
  });

  for (const language of ["en", "zh"] as const) {
    for (const theme of ["light", "dark"] as const) {
      studioTest(`is accessible and complete in ${language}, ${theme}`, async ({ open, expectAccessible }) => {
        const page = await open("microscope", { language, theme });
        await page.locator(".microscope-examples canvas").first().waitFor();
        await page.locator(".microscope-lines").waitFor();
        await expectAccessible(page);
        expect(await faultsOfLayout(page, language)).toEqual([]);
        const phone = await open("microscope", { language, theme, width: 360, height: 740, hasTouch: true });
        await phone.locator(".microscope-examples canvas").first().waitFor();
        await phone.locator(".microscope-lines").waitFor();
        expect(await faultsOfLayout(phone, language)).toEqual([]);
        await expectAccessible(phone);
      });
    }
  }
});
