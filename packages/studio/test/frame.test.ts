import { expect } from "vitest";
import { screenIds } from "../src/app/routes.ts";
import { studioTest } from "./studio.ts";

studioTest("the studio opens below any path, and every screen has its title", async ({ open }) => {
  const page = await open("draw");
  for (const screen of screenIds) {
    await page.evaluate((id) => {
      location.hash = `/${id}`;
    }, screen);
    expect(await page.locator("h1").count()).toBe(1);
  }
});
