import { describe, expect, test } from "vitest";
import { Workspace } from "../../workspace/workspace.ts";
import { Ink, PAD, PEN } from "./ink.ts";
import { PadModel, padOf } from "./pad-model.ts";

const manner = { isNormalised: true, encoding: "intensity" } as const;

describe("ink", () => {
  test("a stroke is as wide as the pen, has round ends and a soft edge", () => {
    const ink = new Ink();
    ink.stroke([100, 140], [180, 140], "pen");
    const across = Array.from({ length: PAD }, (_, y) => ink.data[y * PAD + 140]!);
    const full = across.filter((value) => value === 255).length;
    expect(Math.abs(full - PEN)).toBeLessThanOrEqual(1);
    expect(ink.data[140 * PAD + 100 - PEN / 2 + 1]).toBeGreaterThan(200);
    expect(ink.data[140 * PAD + 100 - PEN]).toBe(0);
    expect(ink.data[(140 - PEN / 2) * PAD + 91]).toBe(0); // no corner
  });

  test("the eraser takes ink away, and what was can be restored", () => {
    const ink = new Ink();
    ink.stroke([50, 50], [200, 200], "pen");
    const before = ink.copy();
    ink.stroke([50, 50], [200, 200], "eraser");
    expect(ink.isBlank).toBe(true);
    ink.restore(before);
    expect([...ink.data]).toEqual([...before]);
    ink.clear();
    expect(ink.isBlank).toBe(true);
    expect(ink.version).toBe(4);
  });

  test("a stroke beyond the edge ends at it", () => {
    const ink = new Ink();
    ink.stroke([-40, 10], [400, 10], "pen");
    expect(ink.data[10 * PAD]).toBe(255);
    expect(ink.data[10 * PAD + PAD - 1]).toBe(255);
  });
});

describe("the pad", () => {
  test("gives the workspace 784 bytes and selects the drawing", () => {
    const workspace = new Workspace();
    const pad = padOf(workspace);
    expect(padOf(workspace)).toBe(pad);
    const heard: unknown[] = [];
    pad.onPixels = (example) => heard.push(example);
    pad.ink.stroke([90, 60], [90, 220], "pen");
    pad.redraw(manner);
    const { drawing, selection } = workspace.state.get();
    expect(drawing).toHaveLength(784);
    expect(selection.example).toEqual({ from: "drawing" });
    expect(heard).toEqual([{ from: "drawing", pixels: drawing }]);
    expect(pad.state.get()).toMatchObject({ row: null, emptiness: null });
    expect(pad.state.get().normalised).not.toBeNull();
  });

  test("a blank pad and a dot are no drawing", () => {
    const workspace = new Workspace();
    const pad = new PadModel(workspace);
    pad.redraw(manner);
    expect(pad.state.get().emptiness).toBe("blank");
    pad.ink.stroke([100, 100], [104, 100], "pen");
    pad.redraw(manner);
    expect(pad.state.get().emptiness).toBe("dot");
    expect(workspace.state.get().drawing).toBeNull();
  });

  test("tells of every move at once, and the workspace now and then, and at the end", async () => {
    const workspace = new Workspace();
    const pad = new PadModel(workspace);
    let heard = 0;
    let told = 0;
    pad.onPixels = () => heard++;
    workspace.state.subscribe(() => told++);
    pad.ink.stroke([60, 60], [200, 60], "pen");
    for (let i = 0; i < 20; i++) pad.redraw(manner, { isUnderWay: true });
    expect(heard).toBe(20);
    expect(told).toBe(0);
    await expect.poll(() => workspace.state.get().drawing).not.toBeNull();
    expect(told).toBeLessThan(3);
    expect(pad.isUnderWay).toBe(true);
    pad.redraw(manner);
    expect(pad.isUnderWay).toBe(false);
    expect(workspace.state.get().drawing).toBe(pad.drawing);
  });

  test("a row of the data stays as it is stored; binary makes a drawing of it that remembers the row", () => {
    const workspace = new Workspace();
    const pad = new PadModel(workspace);
    const stored = Float32Array.from({ length: 784 }, (_, i) => (i % 28 > 10 && i % 28 < 17 ? (i * 7) % 256 : 0));
    const row = { from: "validation", index: 5 } as const;
    pad.showRow(row, stored);
    pad.redraw({ ...manner, encoding: "binary" }, { isRow: true });
    expect([...workspace.state.get().drawing!]).toEqual(Array.from(stored, (byte) => (byte >= 128 ? 255 : 0)));
    expect(pad.state.get().row).toEqual(row);
    pad.ink.stroke([60, 60], [200, 60], "pen");
    pad.redraw(manner);
    expect(pad.state.get().row).toBeNull();
  });
});
