import { describe } from "vitest";
import { screenIds } from "../src/app/routes.ts";
import { languages } from "../src/i18n/language.tsx";
import { studioTest } from "./studio.ts";

describe.each(screenIds)("the screen %s", (screen) => {
  for (const language of languages) {
    for (const theme of ["light", "dark"] as const) {
      studioTest(`has nothing serious for axe-core, in ${language}, ${theme}`, async ({ open, expectAccessible }) => {
        const page = await open(screen, { language, theme });
        await page.locator("main h1").first().waitFor();
        await page.waitForTimeout(300);
        await expectAccessible(page);
      });
    }
  }
});
