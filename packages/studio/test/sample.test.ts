import { tensor } from "glassnet";
import { expect, test } from "vitest";
import { runSample } from "./sample.ts";

test("the lines of a sample are run with the library and what is given", async () => {
  const code =
    'import { norm as length } from "glassnet";\nconst x: number = await length(v).item();\nconsole.log(x, "!");';
  expect(await runSample({ given: ["v"], code }, { v: tensor([3, 4]) })).toEqual(["5 !"]);
});

test("what is not given, not named or not public is refused", async () => {
  await expect(runSample({ given: ["v"], code: "" })).rejects.toThrow("missing v");
  await expect(runSample({ code: "" }, { v: 1 })).rejects.toThrow("not named v");
  await expect(runSample({ code: 'import { a } from "node:fs";' })).rejects.toThrow("no public entry");
});
