/**
 * @file Pictures of every screen in both languages, both themes and two sizes, and of the microscope on a phone:
 * `npm run screenshots -- [SCREEN …]`. Overlaps, clipped or missing text, empty panels and untranslated words are printed, and make it
 * fail.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { openChromium } from "../../../test/pack/chromium.ts";
import { serveFolder } from "../../../test/pack/static-server.ts";
import { isScreenId, type ScreenId, screenIds } from "../src/app/routes.ts";
import { type Language, languages } from "../src/i18n/language.tsx";
import { builtStudio } from "./built.ts";
import { faultsOfLayout } from "./layout.ts";

const sizes = [
  { name: "desktop", width: 1440, height: 900 },
  { name: "phone", width: 390, height: 844 },
] as const;
const themes = ["light", "dark"] as const;

const folder = fileURLToPath(new URL("../screenshots/", import.meta.url));
const chosen = process.argv.slice(2).filter((name): name is ScreenId => isScreenId(name));
const wanted = chosen.length > 0 ? chosen : screenIds;

/** Waits until the screen stands still: the session is open, and three frames were alike. */
async function settled(page: Page): Promise<void> {
  await page.waitForSelector("[data-session=open]", { state: "attached" });
  await page.waitForSelector("h1");
  let before = "";
  for (let alike = 0, turns = 0; alike < 3 && turns < 40; turns++) {
    await page.waitForTimeout(150);
    const now = await page.evaluate(() => document.body.textContent ?? "");
    alike = now === before ? alike + 1 : 0;
    before = now;
  }
}

mkdirSync(folder, { recursive: true });
const server = await serveFolder(await builtStudio(), "/");
const browser = await openChromium();
const faults: string[] = [];
try {
  for (const screen of wanted) {
    for (const { name, width, height } of sizes) {
      for (const language of languages as readonly Language[]) {
        for (const theme of themes) {
          const context = await browser.newContext({
            viewport: { width, height },
            locale: language === "zh" ? "zh-CN" : "en-GB",
            colorScheme: theme,
          });
          await context.addInitScript({ content: "globalThis.__name = (f) => f;" }); // tsx names functions by it
          const page = await context.newPage();
          const label = `${screen}-${name}-${language}-${theme}`;
          context.on("console", (message) => {
            if (["error", "warning"].includes(message.type())) faults.push(`${label}: ${message.text()}`);
          });
          page.on("pageerror", (error) => faults.push(`${label}: not caught: ${error.message}`));
          await page.goto(`${server.origin}/#/${screen}`);
          await settled(page);
          await page.screenshot({ path: join(folder, `${label}.png`) });
          faults.push(...(await faultsOfLayout(page, language)).map((fault) => `${label}: ${fault}`));
          await context.close();
        }
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
}
for (const fault of faults) console.log(fault);
console.log(`${wanted.length * 8} pictures, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
