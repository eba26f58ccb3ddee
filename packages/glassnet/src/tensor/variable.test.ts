import { expect, test } from "vitest";
import { tensor } from "./create.ts";
import { Module, Param, paramsOf, State, variablesOf, visit } from "./variable.ts";

class Leaf extends Module {
  readonly weight = new Param(tensor([1]));
  readonly seen = new State(tensor(0));
  readonly size = 3;
}

class Tree extends Module {
  readonly leaves = [new Leaf(), new Leaf()];
  readonly named = { tied: this.leaves[0]!.weight, own: new Param(tensor(2)) };
  readonly note = "text";
}

test("variables are found by path, in the order of the fields, shared ones under their first path", () => {
  const tree = new Tree();
  expect([...variablesOf(tree).keys()]).toEqual([
    "leaves.0.weight",
    "leaves.0.seen",
    "leaves.1.weight",
    "leaves.1.seen",
    "named.own",
  ]);
  expect([...paramsOf(tree).keys()]).toEqual(["leaves.0.weight", "leaves.1.weight", "named.own"]);
  expect(variablesOf(tree.named.own).get("")).toBe(tree.named.own);
  expect(variablesOf({ nothing: [1, "x", null, undefined, new Map()] }).size).toBe(0);
});

test("owners are visited before what they own, shared ones once, under their first path", () => {
  const paths: string[] = [];
  visit(new Tree(), "", (_, path) => paths.push(path));
  expect(paths).toEqual([
    "",
    "leaves.0",
    "leaves.0.weight",
    "leaves.0.seen",
    "leaves.1",
    "leaves.1.weight",
    "leaves.1.seen",
    "named.own",
  ]);
});

test("a module that refers to itself is visited all the same", () => {
  class Loop extends Module {
    readonly weight = new Param(tensor([1]));
    readonly again: unknown[] = [this];
  }
  const loop = new Loop();
  loop.again.push(loop.again);
  expect([...variablesOf(loop).keys()]).toEqual(["weight"]);
});

test("a variable keeps its type and takes new values", () => {
  const w = new Param(tensor([1, 2]));
  expect([w.dtype, w.shape, w.trainable, new State(tensor(0)).trainable]).toEqual(["f32", [2], true, false]);
  const next = tensor([3, 4]).mul(2);
  w.assign(next);
  expect(w.value).toBe(next);
  expect(() => w.assign(tensor([[1, 2]]))).toThrowErrorMatchingInlineSnapshot(
    "[ShapeError: assign: expected f32[2], got f32[1, 2]]",
  );
  expect(() => w.assign(tensor([1, 2], { dtype: "f64" }))).toThrowErrorMatchingInlineSnapshot(
    "[ShapeError: assign: expected f32[2], got f64[2]]",
  );
});
