import { describe, expect, expectTypeOf, test } from "vitest";
import { compile } from "./compile.ts";
import { scalar, tensor } from "./create.ts";
import { stopGradient, where } from "./functions.ts";
import { grad, gradientsOf, valueAndGrad } from "./grad.ts";
import type { Tensor } from "./tensor.ts";
import { withScope } from "./trace.ts";
import { Module, Param, State } from "./variable.ts";

class Affine extends Module {
  readonly weight = new Param(tensor([2, 3]));
  readonly bias = new Param(tensor(1));
  readonly calls = new State(tensor(0));
  call(x: Tensor): Tensor {
    return x.mul(this.weight).sum().add(this.bias);
  }
}

describe("grad", () => {
  test("is the derivative for the first argument", () => {
    const f = (x: Tensor, y: Tensor) => x.mul(x).mul(y).sum();
    expect(grad(f)(tensor([1, 2]), tensor([3, 4])).toArraySync()).toEqual([6, 16]);
  });

  test("comes in the structure of its argument", () => {
    const point = { a: tensor([1, 2]), list: [tensor(3), new Param(tensor(4))] as const };
    const grads = grad(({ a, list: [b, c] }: typeof point) => a.sum().mul(b).mul(c))(point);
    expectTypeOf(grads).toEqualTypeOf<{ readonly a: Tensor; readonly list: readonly [Tensor, Tensor] }>();
    expect(grads.a.toArraySync()).toEqual([12, 12]);
    expect(grads.list.map((g) => g.itemSync())).toEqual([12, 9]);
  });

  test("of a module comes by the paths of its parameters", () => {
    const layers = { first: new Affine(), second: [new Affine()] };
    const { value, grads } = valueAndGrad((m: typeof layers, x: Tensor) => m.first.call(x).mul(m.second[0]!.call(x)))(
      layers,
      tensor([1, -1]),
    );
    expect(value.itemSync()).toBe(0);
    const { first, second } = grads;
    expect(Object.keys(first)).toEqual(["weight", "bias"]);
    expect(second[0]!.weight!.toArraySync()).toEqual([0, -0]);
  });

  test("is 0 where nothing depends on it", () => {
    const { grads } = valueAndGrad((x: { used: Tensor; unused: Tensor; stopped: Tensor }) =>
      x.used.add(stopGradient(x.stopped)).sum(),
    )({ used: tensor([1]), unused: tensor([1, 2]), stopped: tensor([1]) });
    expect([grads.used, grads.unused, grads.stopped].map((g) => g.toArraySync())).toEqual([[1], [0, 0], [0]]);
  });

  test("counts only uses through the argument, not what the function closes over", () => {
    const x = tensor([3]);
    expect(grad((y: Tensor) => y.mul(x).sum())(x).toArraySync()).toEqual([3]);
  });

  test("of a parameter sees it wherever the function reads it", () => {
    const w = new Param(tensor(3));
    const f = () => w.value.mul(w);
    expect(grad((p: Param) => f().mul(p))(w).itemSync()).toBe(27);
  });

  test("may be taken twice for different arguments", () => {
    const mixed = grad((y: Tensor) => grad((x: Tensor) => x.mul(x).mul(y).sum())(tensor([5])).sum());
    expect(mixed(tensor([2])).toArraySync()).toEqual([10]);
  });

  test("keeps the dtype", () => {
    expect(grad((x: Tensor) => x.sum())(tensor([1], { dtype: "f64" })).dtype).toBe("f64");
    expect(grad((x: Tensor) => x.cast("f64").sum())(tensor([1])).dtype).toBe("f32");
  });

  test("follows data-dependent choices that stay tensors", () => {
    const f = (x: Tensor) => where(x.lt(0), x.mul(-3), x.mul(2)).sum();
    expect(grad(f)(tensor([-1, 1])).toArraySync()).toEqual([-3, 2]);
  });

  test("of shape [1] is as good as a number", () => {
    expect(grad((x: Tensor) => x.mul(2))(tensor([5])).toArraySync()).toEqual([2]);
  });
});

test("gradients carry the scope of the layer that they are for", () => {
  const g = grad((x: Tensor) => withScope("layers.0", () => x.exp()).sum())(tensor([1]));
  expect(g.scope).toBe("layers.0 (gradient)");
});

test("gradientsOf takes several outputs and any tensors on the way", () => {
  const x = tensor([1, 2]);
  const y = x.mul(3);
  const outputs = [y.sum(), y.mul(y)];
  const cotangents = [tensor(1), tensor([1, 10])];
  const [byX, byY] = gradientsOf(outputs, cotangents, [x, y]);
  expect(byX!.toArraySync()).toEqual([21, 363]);
  expect(byY!.toArraySync()).toEqual([7, 121]);
});

describe("what has no gradient is refused:", () => {
  test("results that are no single float", () => {
    expect(() => grad((x: Tensor) => x.mul(2))(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(`
      [ShapeError: grad: needs a function with a single number as result, got f32[2]
        help: reduce it by mean() or sum()]
    `);
    expect(() => grad((x: Tensor) => x.argmax())(tensor([1, 2]))).toThrowErrorMatchingInlineSnapshot(
      "[DtypeError: grad: only floats have gradients, got i32[]]",
    );
    expect(() => grad((() => 3) as unknown as (x: Tensor) => Tensor)(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: grad: the function must return a tensor
        help: return the loss]
    `);
  });

  test("arguments that are no floats", () => {
    expect(() => grad((x: Tensor) => x.sum())(tensor([1], { dtype: "i32" }))).toThrowErrorMatchingInlineSnapshot(
      "[DtypeError: grad: only floats have gradients, got i32[1]]",
    );
    const deep = { a: [tensor([true])] };
    expect(() => grad(({ a }: typeof deep) => a[0]!.sum())(deep)).toThrowErrorMatchingInlineSnapshot(
      "[DtypeError: grad: only floats have gradients, got bool[1] at a.0]",
    );
    const five = 5 as unknown as Tensor;
    expect(() => grad((x: Tensor) => x.sum())(five)).toThrowErrorMatchingInlineSnapshot(`
      [UsageError: grad: expected tensors in arrays and plain objects, got number
        help: a number is made a tensor by scalar(x)]
    `);
  });

  test("reading a value inside", () => {
    expect(() => grad((x: Tensor) => tensor(x.sum().itemSync()))(tensor([1]))).toThrowErrorMatchingInlineSnapshot(`
      [GraphError: read: a value cannot be read while its function is being traced
        help: return the tensor from the compiled or differentiated function, and read it there]
    `);
  });
});

test("a parameter that occurs twice has its whole gradient at both places", () => {
  const p = new Param(tensor([2, 3]));
  const grads = grad((pair: Param[]) => pair[0]!.value.mul(pair[1]!.value).sum())([p, p]);
  expect(grads.map((g) => g.toArraySync())).toEqual([
    [4, 6],
    [4, 6],
  ]);
});

test("assignments inside take effect at the end, compiled or not", () => {
  const n = new State(scalar(1));
  const f = (x: Tensor): Tensor => {
    n.assign(n.value.add(x));
    return x.mul(n.value);
  };
  const eager = valueAndGrad(f)(scalar(5));
  expect([eager.value.itemSync(), eager.grads.itemSync(), n.value.itemSync()]).toEqual([5, 1, 6]);
  n.assign(scalar(1));
  const compiled = compile((x: Tensor) => ({ ...valueAndGrad(f)(x) })).sync(scalar(5));
  expect([compiled.value.itemSync(), compiled.grads.itemSync(), n.value.itemSync()]).toEqual([5, 1, 6]);
});
