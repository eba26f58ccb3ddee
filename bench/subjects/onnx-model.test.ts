import { expect, test } from "vitest";
import { Message, OnnxGraph } from "./onnx-model.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("numbers take seven bits a byte, and negative ones ten bytes", () => {
  // The example of the encoding guide of protocol buffers: field 1 with the value 150.
  expect(hex(new Message().int(1, 150).finish())).toBe("089601");
  expect(hex(new Message().int(1, -1).finish())).toBe("08ffffffffffffffffff01");
});

test("texts, floats and messages inside messages carry field, kind and length", () => {
  // From the same guide: field 2 with the text "testing".
  expect(hex(new Message().text(2, "testing").finish())).toBe("120774657374696e67");
  expect(hex(new Message().message(3, new Message().int(1, 150)).finish())).toBe("1a03089601");
  expect(hex(new Message().float(2, 1).finish())).toBe("150000803f");
});

test("a model names its version, its graph and the operations it uses", () => {
  const graph = new OnnxGraph();
  const x = graph.input("x", [2]);
  graph.output("y", graph.add("Relu", [x]), [2]);
  const text = Buffer.from(graph.finish()).toString("latin1");
  expect(text.startsWith("\x08\x08")).toBe(true); // field 1, version 8
  for (const part of ["Relu", "Identity", "x", "y"]) expect(text).toContain(part);
});
