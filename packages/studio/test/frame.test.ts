import type { Page } from "playwright-core";
import { describe, expect } from "vitest";
import { screenIds } from "../src/app/routes.ts";
import { studioTest } from "./studio.ts";

const stepOf = async (page: Page): Promise<number> => {
  const text = await page.locator(".readout dd").first().textContent();
  return Number(text?.replace(/\D/g, ""));
};

const screenOf = (page: Page) => page.locator(".frame").getAttribute("data-screen");

describe("the frame", () => {
  studioTest("opens below any path, and leads to every screen", async ({ open }) => {
    const page = await open("draw");
    const rail = page.getByRole("navigation", { name: "Screens" });
    expect(await rail.getByRole("link").count()).toBe(screenIds.length);
    for (const screen of screenIds) {
      await rail.locator(`[href="#/${screen}"]`).click();
      await page.waitForFunction((id) => location.hash.startsWith(`#/${id}`), screen);
      await page.locator("main h1").first().waitFor();
      expect(await page.locator("main h1").count(), screen).toBe(1);
      expect(await rail.locator("[aria-current=page]").getAttribute("href")).toBe(`#/${screen}`);
    }
    await page.goBack();
    await page.waitForFunction(() => document.querySelector(".frame")?.getAttribute("data-screen") === "profit");
  });

  studioTest("speaks the language of the browser, changes it, and remembers it", async ({ open }) => {
    const page = await open("train", { language: "zh" });
    expect(await page.locator("html").getAttribute("lang")).toBe("zh-CN");
    await page.getByRole("radio", { name: "EN" }).click();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("en-GB");
    expect(await page.title()).toBe("Train – Glassnet Studio");
    await page.reload();
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
  });

  studioTest("is dark where the system is, and as the reader chooses", async ({ open }) => {
    const page = await open("train", { theme: "dark" });
    const theme = () => page.locator("html").getAttribute("data-theme");
    expect(await theme()).toBe("dark");
    await page.getByRole("button", { name: "Theme: As the system" }).click();
    await page.getByRole("button", { name: "Theme: Light" }).waitFor();
    expect(await theme()).toBe("light");
    await page.reload();
    await page.getByRole("button", { name: "Theme: Light" }).waitFor();
    expect(await theme()).toBe("light");
  });

  studioTest("trains, pauses within 100 ms, and does single steps and epochs", async ({ open }) => {
    const page = await open("train");
    await page.getByRole("button", { name: "One step" }).click();
    await page.waitForFunction(() => document.querySelector(".readout dd")?.textContent === "1");
    await page.getByRole("button", { name: "Train", exact: true }).click();
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
    await page.waitForTimeout(400);
    const ms = await page.evaluate(async () => {
      const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Pause");
      const begin = performance.now();
      button?.focus();
      button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
      button?.dispatchEvent(new KeyboardEvent("keyup", { key: "Enter", bubbles: true }));
      while (button?.textContent === "Pause" && performance.now() - begin < 5000) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return performance.now() - begin;
    });
    expect(ms).toBeLessThan(5000); // how fast it is on a quiet machine is a proof, not a test
    const step = await stepOf(page);
    expect(step).toBeGreaterThan(1);
    await page.waitForTimeout(150);
    expect(await stepOf(page)).toBe(step);
    await page.getByRole("button", { name: "One epoch" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".readout dd")[1]?.textContent !== "0");
  });

  studioTest("gives a seed back when it is undone", async ({ open }) => {
    const page = await open("train");
    const seed = page.getByRole("textbox", { name: "Seed" });
    await seed.fill("42");
    await seed.press("Enter");
    await page.getByRole("button", { name: "Undo: seed" }).click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>(".top-bar input")?.value === "0");
    await page.getByRole("button", { name: "Redo: seed" }).click();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>(".top-bar input")?.value === "42");
  });

  studioTest("does everything by keyboard", async ({ open }) => {
    const page = await open("draw");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the screen");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
    for (const [i, screen] of screenIds.entries()) {
      await page.keyboard.press(String(i + 1));
      await page.waitForFunction((id) => location.hash.startsWith(`#/${id}`), screen);
    }
    await page.keyboard.press("3");
    await page.keyboard.press("s");
    await page.waitForFunction(() => document.querySelector(".readout dd")?.textContent === "1");
    await page.keyboard.press("t");
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
    await page.keyboard.press("t");
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    await page.keyboard.press("m");
    expect(await page.locator(".inspector").count()).toBe(0);
    await page.keyboard.press("?");
    const list = page.getByRole("dialog", { name: "Keyboard" });
    await list.getByText("Single-key shortcuts").click();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    await page.keyboard.press("1");
    expect(await screenOf(page)).toBe("train"); // single keys are switched off
  });
});

describe("a link", () => {
  studioTest(
    "restores what was selected, the screen and the settings, and says what it cannot carry",
    async ({ open }) => {
      const page = await open("train");
      const seed = page.getByRole("textbox", { name: "Seed" });
      await seed.fill("7");
      await seed.press("Enter");
      await page.getByRole("button", { name: "One step" }).click();
      await page.waitForFunction(() => document.querySelector(".readout dd")?.textContent === "1");
      await page.waitForFunction(() => location.hash.includes("?s="));
      await page.waitForTimeout(500); // the address rests before it is written
      const hash = await page.evaluate(() => location.hash.slice(1));
      const other = await open("draw", { hash });
      expect(await screenOf(other)).toBe("train");
      await other.getByText("The weights after 1 steps").waitFor();
      expect(await other.getByRole("textbox", { name: "Seed" }).inputValue()).toBe("7");
    },
  );

  studioTest("that is cut in half says so, and the studio opens all the same", async ({ open }) => {
    const page = await open("train");
    const seed = page.getByRole("textbox", { name: "Seed" });
    await seed.fill("123456");
    await seed.press("Enter");
    await page.waitForFunction(() => location.hash.includes("?s="));
    const hash = await page.evaluate(() => location.hash.slice(1));
    const begin = hash.indexOf("?s=") + 3;
    const half = hash.slice(0, begin + Math.floor((hash.length - begin) / 2));
    const other = await open("draw", { hash: half, language: "zh" });
    await other.getByText("链接已损坏或被截断").waitFor();
    expect(await screenOf(other)).toBe("train");
    await other.getByRole("button", { name: "关闭" }).click();
    expect(await other.getByText("链接已损坏或被截断").count()).toBe(0);
  });
});

/** Drops a file in the middle of the page. */
async function drop(page: Page, name: string, bytes: readonly number[] | "model"): Promise<void> {
  await page.evaluate(
    async ([fileName, content]) => {
      const model = () => fetch("digits/model.safetensors").then((response) => response.arrayBuffer());
      const part = content === "model" ? await model() : Uint8Array.from(content);
      const data = new DataTransfer();
      data.items.add(new File([part], fileName));
      for (const type of ["dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    },
    [name, bytes] as const,
  );
}

describe("a file that is dropped on the page", () => {
  studioTest("is opened if it is a model", async ({ open }) => {
    const page = await open("train");
    await drop(page, "mine.safetensors", "model");
    await page.getByText("Opened mine.safetensors.").waitFor();
  });

  studioTest(
    "is refused with a reason if it is damaged or something else, and the workspace goes on",
    async ({ open }) => {
      const page = await open("train");
      await drop(page, "damaged.safetensors", [1, 2, 3, 4, 5, 6, 7, 8, 9]);
      await page.getByText("damaged.safetensors was not opened.").waitFor();
      await drop(page, "<img src=x onerror=alert(1)>.safetensors", [0]);
      await page.getByText("<img src=x onerror=alert(1)>.safetensors was not opened.").waitFor();
      await drop(page, "photo.png", [0]);
      await page.getByText("Only model files (.safetensors) and tables (.csv)").waitFor();
      await page.getByRole("button", { name: "One step" }).click();
      await page.waitForFunction(() => document.querySelector(".readout dd")?.textContent === "1");
    },
  );
});

describe("a worker that is lost", () => {
  studioTest("is said, and a new one goes on with the weights", async ({ open, allow }) => {
    allow("a fault that was planted");
    const page = await open("train");
    await page.getByRole("button", { name: "One epoch" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".readout dd")[1]?.textContent === "1");
    await page.getByRole("button", { name: "Train", exact: true }).waitFor();
    await page.waitForTimeout(300); // the weights are put aside
    const [worker] = page.workers();
    await worker!.evaluate(() => {
      setTimeout(() => {
        throw new Error("a fault that was planted");
      });
    });
    await page.getByText("The worker that computes has ended.").waitFor();
    await page.getByRole("button", { name: "Start again" }).click();
    await page.getByText(/Started again with the weights of step \d+/).waitFor();
    await page.getByRole("button", { name: "One step" }).click();
    await page.waitForFunction(() => document.querySelector(".readout dd")?.textContent === "1");
  });
});

describe("on a phone", () => {
  studioTest(
    "the rail lies below, the microscope is a sheet, the rest is in a menu",
    async ({ open, expectAccessible }) => {
      const page = await open("train", { width: 360, height: 740, hasTouch: true });
      const rail = await page.locator(".rail").boundingBox();
      expect(rail!.y).toBeGreaterThan(600);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("textbox", { name: "Seed" }).waitFor();
      await expectAccessible(page);
      await page.getByRole("button", { name: "Microscope" }).click();
      await page.locator(".sheet").waitFor();
      await expectAccessible(page);
      await page.locator(".sheet").getByRole("button", { name: "Close" }).click();
      await page.locator(".sheet").waitFor({ state: "detached" });
    },
  );
});
