import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContext, Locator, Page, Response } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { findChromium, openChromium } from "../../../test/pack/chromium.ts";
import { type StaticServer, serveFolder } from "../../../test/pack/static-server.ts";
import type { ScreenId } from "../src/app/routes.ts";
import type { Language } from "../src/i18n/language.tsx";
import { builtStudio } from "./built.ts";

/** How a page is opened. */
export interface OpenOptions {
  readonly language?: Language;
  readonly theme?: "light" | "dark";
  readonly width?: number;
  readonly height?: number;
  /** What stands behind the `#` instead of the screen's name: a share link. */
  readonly hash?: string;
  readonly hasTouch?: boolean;
  readonly reducedMotion?: boolean;
  /** Hears every answer of the server; the test waits for it. */
  readonly onResponse?: (response: Response) => Promise<void>;
}

/** A serious finding of axe-core. */
interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

export interface StudioTools {
  /** Opens a screen and waits until the session is open. */
  open(screen: ScreenId, options?: OpenOptions): Promise<Page>;
  /** Fails on serious and critical findings of axe-core. */
  expectAccessible(page: Page): Promise<void>;
  readonly origin: string;
  /** Says that the page will print this, which is no fault: part of its text. */
  allow(text: string): void;
}

const chromium = findChromium();
/** Where there is no Chromium the tests are skipped and counted; in CI they fail. */
const canRun = chromium !== undefined || process.env.CI !== undefined;

let browser: Browser | undefined;
let server: StaticServer | undefined;

beforeAll(async () => {
  if (!canRun) return;
  server = await serveFolder(await builtStudio(), "/some/where/");
  browser = await openChromium();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Chooses in a list that opens, by its label and by what the choice says. */
export async function choose(place: Page | Locator, label: string | RegExp, choice: string | RegExp): Promise<void> {
  const list = place.getByRole("combobox", { name: label, exact: true });
  const value = await list.getByRole("option", { name: choice, exact: true }).getAttribute("value");
  await list.selectOption(value!);
}

const axeSource = (): string => readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** A test in Chromium. What the page prints, fails to load or does not catch fails it. */
export function studioTest(name: string, run: (tools: StudioTools) => Promise<void>): void {
  test.skipIf(!canRun)(name, async () => {
    const contexts: BrowserContext[] = [];
    const faults: string[] = [];
    const allowed: string[] = [];
    const note = (fault: string): void => {
      if (!allowed.some((text) => fault.includes(text))) faults.push(fault);
    };
    const origin = `${server!.origin}/some/where/`;
    const open: StudioTools["open"] = async (screen, options = {}) => {
      const { language = "en", theme = "light", width = 1440, height = 900, hash, hasTouch = false } = options;
      const context = await browser!.newContext({
        viewport: { width, height },
        locale: language === "zh" ? "zh-CN" : "en-GB",
        colorScheme: theme,
        reducedMotion: (options.reducedMotion ?? false) ? "reduce" : "no-preference",
        hasTouch,
      });
      contexts.push(context);
      const heard: Promise<void>[] = [];
      if (options.onResponse) context.on("response", (response) => heard.push(options.onResponse!(response)));
      const page = await context.newPage();
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) note(`console ${message.type()}: ${message.text()}`);
      });
      page.on("pageerror", (error) => note(`not caught: ${error.message}`));
      context.on("response", (response) => {
        if (response.status() >= 400) note(`${response.url()}: status ${response.status()}`);
      });
      context.on("requestfailed", (request) => note(`${request.url()}: ${request.failure()?.errorText}`));
      await page.goto(`${origin}#${hash ?? `/${screen}`}`);
      await page.waitForSelector("[data-session=open]", { state: "attached" }).catch((error: Error) => {
        throw new Error(["the session did not open", ...faults].join("\n"), { cause: error });
      });
      await Promise.all(heard);
      return page;
    };
    const expectAccessible = async (page: Page): Promise<void> => {
      await page.evaluate(axeSource());
      const violations = await page.evaluate(async () => {
        const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
        return (await axe.run()).violations;
      });
      for (const { id, impact, nodes } of violations) {
        if (impact !== "serious" && impact !== "critical") continue;
        faults.push(
          `axe ${id}: ${nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`).join("; ")}`,
        );
      }
    };
    try {
      await run({ open, expectAccessible, origin, allow: (text) => void allowed.push(text) });
    } finally {
      for (const context of contexts) await context.close();
    }
    if (faults.length > 0) throw new Error(faults.join("\n"));
  });
}
