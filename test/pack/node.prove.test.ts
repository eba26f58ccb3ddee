import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectLearnt, type Told } from "./learnt.ts";
import { makeProject, type Project } from "./project.ts";

let project: Project;
beforeAll(async () => {
  project = await makeProject();
});
afterAll(() => project?.remove());

/** The first version that is promised, and the newest of each line that is looked after. */
const versions = ["20.19.0", "20", "22", "24"];

describe.each(versions)("the packed library in Node %s, without a compiler", (version) => {
  test("trains and predicts on two threads, and says only that the native backend is not there", async () => {
    const node = await project.node(version);
    const told = JSON.parse(await project.run("node.js", { threads: 2 }, node)) as Told & { readonly node: string };
    console.log(`${told.node}: ${told.backend}, ${told.variant}, accuracy ${told.accuracy}`);
    expect(`${told.node}.`).toContain(`v${version}.`);
    expectLearnt(told, "wasm");
    expect(told.notices).toEqual([expect.stringMatching(/^the native backend is not used: /)]);
  });
});
