import { expect, test } from "vitest";
import { openSmallSession } from "../../../test/session.ts";
import { questionOf, takesPictures } from "./desk.tsx";
import { drawHandlers } from "./worker.ts";

test("the class that is explained is the predicted one, and its rival the strongest other one, unless they are chosen", async () => {
  const session = await openSmallSession();
  const example = { from: "validation", index: 2 } as const;
  const look = await drawHandlers.look(session, { example, classIndex: null, room: [], before: [], focus: null });
  const order = [...look.outputs.keys()].sort((a, b) => look.outputs[b]! - look.outputs[a]!);
  expect(questionOf(look, null, null)).toEqual({ classIndex: order[0], rival: order[1] });
  expect(questionOf(look, order[1]!, null)).toEqual({ classIndex: order[1], rival: order[0] });
  expect(questionOf(look, 3, 8)).toEqual({ classIndex: 3, rival: 8 });
  expect(questionOf(look, 3, 3).rival).not.toBe(3); // a class is no rival of its own
  expect(questionOf(look, 99, 99)).toEqual({ classIndex: order[0], rival: order[1] }); // of a link to another model
  await session.close();
});

test("the screen is for 28 × 28 pictures with classes; a table has none", async () => {
  const session = await openSmallSession();
  expect(takesPictures(session.info())).toBe(true);
  await session.configure({ ...session.settings, loss: "meanSquaredError", hidden: [] });
  const { tableData } = await import("../../worker/source.ts");
  await session.useData(
    tableData({
      ...{ name: "shop", columns: ["price"], heldOut: 0 },
      inputs: Float32Array.of(1, 2, 3),
      targets: Float32Array.of(2, 4, 6),
    }),
  );
  expect(takesPictures(session.info())).toBe(false);
  await session.close();
});
