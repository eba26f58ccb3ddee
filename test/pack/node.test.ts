import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectLearnt, type Told } from "./learnt.ts";
import { makeProject, type Project } from "./project.ts";

let project: Project;
beforeAll(async () => {
  project = await makeProject();
});
afterAll(() => project?.remove());

const circle = async (options: object): Promise<Told> => JSON.parse(await project.run("node.js", options));

describe("the packed library, in an empty project without a compiler", () => {
  test("trains and predicts in WebAssembly, and says only that the native backend is not there", async () => {
    const told = await circle({});
    expectLearnt(told, "wasm");
    expect(told.notices).toEqual([expect.stringMatching(/^the native backend is not used: /)]);
  });

  test("and in plain TypeScript, where that is asked for", async () => {
    const told = await circle({ backend: "reference", width: 16 });
    expectLearnt(told, "reference");
    expect(told.notices).toEqual([]);
  });
});
