import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where systems keep Chromium or Chrome; the variable CHROMIUM names another place. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The path of this machine's Chromium, if there is one. */
export function findChromium(): string | undefined {
  return process.env.CHROMIUM ?? PLACES.find((path) => existsSync(path));
}

/** Opens the Chromium of this machine, without a window. */
export async function openChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      "there is no Chromium here: install it (Debian: apt-get install chromium), or set CHROMIUM to its path",
    );
  }
  return await chromium.launch({ executablePath, args: FLAGS, headless: true });
}

export interface Visit<Told> {
  /** What the promise `globalThis.told` of the page held. */
  readonly told: Told;
  /** Paths of what it asked its server for. */
  readonly requests: readonly string[];
}

/**
 * Opens a page and waits for what it tells. Errors that nobody caught are errors here, and so is what it fails to load, except
 * for `.wasm` files: of these the library itself tells.
 */
export async function visit<Told>(browser: Browser, url: string): Promise<Visit<Told>> {
  const page = await browser.newPage();
  const requests: string[] = [];
  const faults: string[] = [];
  page.on("request", (request) => requests.push(new URL(request.url()).pathname));
  page.on("response", (response) => {
    if (response.status() >= 400 && !response.url().endsWith(".wasm"))
      faults.push(`${response.url()}: status ${response.status()}`);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  try {
    await page.goto(url);
    const told = await page.evaluate(() => (globalThis as { told?: unknown }).told);
    if (told === undefined) faults.push("the page told nothing");
    if (faults.length > 0) throw new Error(`${url}: ${faults.join("; ")}`);
    return { told: told as Told, requests };
  } finally {
    await page.close();
  }
}
