import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLink, encodeLink, LinkError, type LinkState, plainLink } from "./link.ts";
import { initialSettings } from "./settings.ts";

const state: LinkState = {
  screen: "microscope",
  selection: {
    layer: "layers.3",
    unit: 17,
    example: { from: "training", index: 42 },
    classIndex: 3,
    versus: 8,
    step: 120,
  },
  views: { train: { tab: "loss", smooth: 0.5, isLog: true, note: null } },
  drawing: Uint8Array.from({ length: 784 }, (_, i) => (i * 7) % 256),
  settings: { ...initialSettings, seed: 99, batchSize: 32 },
  isMade: true,
  data: "mnist",
  leftOut: { steps: 340, isOwnModel: false, isOwnData: true, isEdited: true },
};

test("a link restores everything that it holds", async () => {
  expect(await decodeLink(`#${await encodeLink(state)}`)).toEqual(state);
});

test("what is as in the beginning makes a short link", async () => {
  expect(await encodeLink(plainLink("train"))).toBe("/train");
  expect(await decodeLink("#/train")).toEqual(plainLink("train"));
  expect(await decodeLink("")).toEqual(plainLink("draw"));
});

test("a link that is cut off anywhere says so, and still names its screen", async () => {
  const link = await encodeLink(state);
  const begin = link.indexOf("?s=") + 3;
  for (let end = begin; end < link.length; end += 7) {
    const error = await decodeLink(`#${link.slice(0, end)}`).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(LinkError);
    expect((error as LinkError).state).toEqual(plainLink("microscope"));
  }
});

test("a screen that there is not is an error, and leads to the first one", async () => {
  const error = await decodeLink("#/nowhere").catch((caught: unknown) => caught);
  expect((error as LinkError).state).toEqual(plainLink("draw"));
});

test("whatever stands behind the #, it is a state or a LinkError", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.base64String().map((text) => `/draw?s=${text}`),
      ),
      async (hash) => {
        const found = await decodeLink(hash).catch((error: unknown) => error);
        if (found instanceof LinkError) return;
        expect(found).toHaveProperty("selection.unit");
      },
    ),
  );
});

test("values that cannot be are as in the beginning", async () => {
  const hostile = {
    ...state,
    selection: { ...state.selection, unit: -1, layer: 7, example: { from: "elsewhere", index: 1 } },
    settings: { ...initialSettings, hidden: [{ units: 1e9 }], seed: "x", schedule: { rate: -1 } },
    views: { train: { tab: { deep: true }, x: Number.POSITIVE_INFINITY }, other: { a: 1 } },
    drawing: new Uint8Array(3),
  } as unknown as LinkState;
  const found = await decodeLink(await encodeLink(hostile));
  expect(found.selection).toMatchObject({ unit: 0, layer: null, example: { from: "validation", index: 0 } });
  expect(found.settings).toEqual(initialSettings);
  expect(found.views).toEqual({ train: { x: null } });
  expect(found.drawing).toBeNull();
});
