import type { Page } from "playwright-core";
import type { Language } from "../src/i18n/language.tsx";

/** Words that are the same in Chinese: names, formulas and what the library itself says. */
const ALLOWED =
  /^(?:glassnet|mnist|(?:leaky)?relu|softplus|sigmoid|softmax|tanh|gelu|silu|elu|adamw?|sgd|csv|logit|epoch|ctrl|shift|tab|space|enter|esc|english|dropout|typescript|url|nan|bias|z|f|w|x|y|b|k|n|en|i|j|e|max|min|he|glorot|lecun|mse|tiles?)$/i;

/**
 * What is wrong with a page as it is laid out: controls that lie over each other, text that is cut off, panels without content, a
 * page that is wider than its window, and in Chinese words that nobody translated.
 */
export async function faultsOfLayout(page: Page, language: Language): Promise<string[]> {
  const faults = await page.evaluate(() => {
    const found: string[] = [];
    const nameOf = (element: Element): string => {
      const text = (element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ");
      return `${element.tagName.toLowerCase()}.${[...element.classList].join(".")} "${text.slice(0, 40)}"`;
    };
    const isSeen = (element: Element): boolean => {
      const { width, height } = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (width <= 1 || height <= 1 || style.visibility === "hidden" || style.display === "none") return false;
      return element.closest(".visually-hidden, .skip-link") === null;
    };
    if (document.documentElement.scrollWidth > window.innerWidth + 1) {
      found.push(`the page is ${document.documentElement.scrollWidth} wide, the window ${window.innerWidth}`);
    }
    const main = document.querySelector("main");
    if (main !== null && main.scrollWidth > main.clientWidth + 1) {
      const wide = [...main.querySelectorAll("*")].find(
        (element) => isSeen(element) && element.getBoundingClientRect().right > main.getBoundingClientRect().right + 1,
      );
      found.push(`the screen is wider than its place: ${wide === undefined ? "" : nameOf(wide)}`);
    }
    const controls = [...document.querySelectorAll("button, a, input, select, [role=slider], [role=tab]")].filter(
      isSeen,
    );
    const boxes = controls.map((element) => element.getBoundingClientRect());
    const isClipped = (element: Element): boolean => {
      // Scrolled out of a list: what lies over it there is not seen.
      for (let place = element.parentElement; place !== null; place = place.parentElement) {
        const { overflowY, overflowX } = getComputedStyle(place);
        if (overflowY === "visible" && overflowX === "visible") continue;
        const outer = place.getBoundingClientRect();
        const box = element.getBoundingClientRect();
        if (box.bottom > outer.bottom + 1 || box.top < outer.top - 1) return true;
        if (box.right > outer.right + 1 || box.left < outer.left - 1) return true;
      }
      return false;
    };
    for (let i = 0; i < controls.length; i++) {
      for (let k = i + 1; k < controls.length; k++) {
        const [a, b] = [controls[i]!, controls[k]!];
        if (a.contains(b) || b.contains(a)) continue;
        const [p, q] = [boxes[i]!, boxes[k]!];
        const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
        const tall = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
        if (wide > 2 && tall > 2 && !isClipped(a) && !isClipped(b)) found.push(`${nameOf(a)} lies over ${nameOf(b)}`);
      }
    }
    for (const element of document.querySelectorAll("button, a, h1, h2, h3, dt, dd, label, th, td, .field-label")) {
      if (!isSeen(element) || element.closest("[role=grid], svg") !== null) continue;
      const { overflow, textOverflow } = getComputedStyle(element);
      const isCut = element.scrollWidth > element.clientWidth + 2 && element.clientWidth > 0;
      if (isCut && (overflow !== "visible" || textOverflow === "ellipsis")) found.push(`${nameOf(element)} is cut off`);
    }
    for (const figure of document.querySelectorAll(".figure-body, .tab-panel, .inspector")) {
      const hasContent = figure.querySelector("canvas, svg, table, input, button, [role=grid]") !== null;
      if (isSeen(figure) && !hasContent && (figure.textContent ?? "").trim() === "")
        found.push(`${nameOf(figure)} is empty`);
    }
    return found;
  });
  if (language === "zh") faults.push(...(await untranslated(page)));
  return faults;
}

/** Texts of three and more Latin words in a row: library messages and code are marked as English, and left out. */
async function untranslated(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (element === null || element.closest("[lang=en], code, pre, script, style, kbd") !== null) continue;
      found.push(walker.currentNode.textContent ?? "");
    }
    for (const element of document.querySelectorAll("[aria-label]"))
      found.push(element.getAttribute("aria-label") ?? "");
    return found;
  });
  const isForeign = (text: string): boolean => {
    const words = (text.replace(/\blayers\.[\w.]+/g, "").match(/[A-Za-z]{2,}/g) ?? []).filter(
      (word) => !ALLOWED.test(word),
    );
    return words.length > 0 && !/\p{Script=Han}/u.test(text);
  };
  return texts.filter(isForeign).map((text) => `not translated: "${text.trim().slice(0, 60)}"`);
}
