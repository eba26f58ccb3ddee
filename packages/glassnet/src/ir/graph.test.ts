import { expect, test } from "vitest";
import { topologicalOrder } from "./graph.ts";

interface Node {
  readonly name: string;
  readonly inputs: readonly Node[];
}
const node = (name: string, ...inputs: Node[]): Node => ({ name, inputs });
const names = (nodes: readonly Node[]) => nodes.map(({ name }) => name).join(" ");

test("operands come before their users, each once, in the order in which they are met", () => {
  const a = node("a");
  const [b, c] = [node("b", a), node("c", a, a)];
  const d = node("d", c, b);
  expect(names(topologicalOrder([d]))).toBe("a c b d");
  expect(names(topologicalOrder([b, d, a, d]))).toBe("a b c d");
  expect(topologicalOrder([])).toEqual([]);
});

test("a ladder of 60 diamonds is visited once a node, not once a path", () => {
  let top = node("0");
  for (let i = 1; i <= 60; i++) top = node(String(i), node(`${i}l`, top), node(`${i}r`, top));
  expect(topologicalOrder([top])).toHaveLength(1 + 3 * 60);
});

test("a chain of 200,000 does not overflow the stack", () => {
  let top = node("0");
  for (let i = 1; i < 200_000; i++) top = node(String(i), top);
  const order = topologicalOrder([top]);
  expect(order).toHaveLength(200_000);
  expect([order[0]!.name, order.at(-1)!.name]).toEqual(["0", "199999"]);
});

test("what may not be entered is left out, with what only it needs", () => {
  const [a, b] = [node("a"), node("b")];
  const closed = node("closed", a, b);
  const top = node("top", closed, b);
  const enter = (x: Node) => x !== closed;
  expect(names(topologicalOrder([top], enter))).toBe("b top");
  expect(topologicalOrder([closed], enter)).toEqual([]);
});
