import { describe, expect, test } from "vitest";
import { bitsOf, clouds, failureOf, network, runToEnd, WatchedDevice } from "../../test/training.ts";
import { Rng } from "../core/random.ts";
import { crossEntropy } from "../loss/cross-entropy.ts";
import { Layer, type LayerConfig } from "../nn/layer.ts";
import { linear } from "../nn/linear.ts";
import type { Run } from "../nn/run.ts";
import { sequential } from "../nn/sequential.ts";
import { adam } from "../optim/adam.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { sgd } from "../optim/sgd.ts";
import { fromArray, ones, zeros } from "../tensor/create.ts";
import { relu } from "../tensor/functions.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Param, paramsOf, State } from "../tensor/variable.ts";
import type { TrainOptions } from "./options.ts";
import { train } from "./train.ts";

const data = clouds(25);
const settings = { loss: crossEntropy, epochs: 1, batchSize: 10 };

/** A layer of fields and a formula over them. */
class Own<Fields extends object> extends Layer<number, "same"> {
  readonly #formula: (x: Tensor, fields: Fields, run: Run) => Tensor;
  readonly fields: Fields;

  constructor(fields: Fields, formula: (x: Tensor, fields: Fields, run: Run) => Tensor) {
    super();
    this.fields = fields;
    this.#formula = formula;
  }

  protected override forward(x: Tensor, run: Run): Tensor {
    return this.#formula(x, this.fields, run);
  }

  override config(): LayerConfig {
    return { kind: "own" };
  }
}

/** What a training says before it has put anything on the device. */
async function refusal(model: Layer, more: Partial<TrainOptions> = {}): Promise<string> {
  const device = new WatchedDevice();
  const seen: string[] = [];
  const loads = device.load.bind(device);
  device.load = (program) => {
    seen.push("load");
    return loads(program);
  };
  const text = await failureOf(() => runToEnd(train(model, data, { ...settings, device, ...more })));
  expect([seen, device.states.size]).toEqual([[], 0]);
  return text;
}

describe("parameters", () => {
  test("of f32 and f64 are trained side by side, each by the rule in its own precision", async () => {
    const rng = Rng.seeded(3);
    const wide = (shape: readonly number[], stream: Rng) => fromArray(stream.uniform(shape, -1, 1, "f64"));
    const make = () => sequential(linear(2, 6, { rng }), relu, linear(6, 3, { rng, weightInit: wide, biasInit: wide }));
    for (const optimizer of [sgd({ momentum: 0.9 }), adam()]) {
      const model = make();
      const before = [...paramsOf(model).values()].map(({ value }) => value.dataSync());
      const { end } = await runToEnd(train(model, data, { ...settings, optimizer, epochs: 10, learningRate: 0.05 }));
      expect(end.reason).toBe("completed");
      [...paramsOf(model).values()].forEach(({ value, dtype }, i) => {
        expect(value.dtype).toBe(dtype);
        expect(value.dataSync()).not.toEqual(before[i]);
      });
      expect(end.training!.loss).toBeLessThan(1);
    }
  });

  test("of integers are refused", async () => {
    const model = sequential(
      linear(2, 3, { rng: Rng.seeded(1) }),
      new Own({ shift: new Param(ones([3], { dtype: "i32" })) }, (x, { shift }) => x.add(shift)),
    );
    expect(await refusal(model)).toMatchInlineSnapshot(`
      "DtypeError: train: only floats can be trained, got i32[3] at layers.1.fields.shift
        help: make it a State"
    `);
  });

  test("that the model assigns itself are refused", async () => {
    const own = new Own({ gain: new Param(ones([3])) }, (x, { gain }, run) => {
      if (run.training) gain.assign(gain.value.mul(0.5));
      return x.mul(gain);
    });
    expect(await refusal(sequential(linear(2, 3, { rng: Rng.seeded(1) }), own))).toMatchInlineSnapshot(`
      "GraphError: train: the parameter layers.1.fields.gain is assigned during the step, but the optimizer changes it
        help: make it a State if the model itself changes it"
    `);
  });

  test("that training cannot find are refused, wherever they are read", async () => {
    const rng = Rng.seeded(2);
    class Box {
      readonly layer = linear(3, 3, { rng });
    }
    const [box, hidden] = [new Box(), linear(3, 3, { rng })];
    const boxed = new Own({ box }, (x, fields, run) => fields.box.layer.call(x, run));
    const closed = new Own({}, (x, _, run) => hidden.call(x, run));
    const temperature = new Param(ones([]));
    const scaled = (output: Tensor, targets: Tensor) => crossEntropy(output.mul(temperature), targets);
    const reading: Optimizer = { ...sgd(), kind: "reading", update: (w, g) => [w.sub(g.mul(temperature)), {}] };
    const messages = [
      await refusal(sequential(linear(2, 3, { rng }), boxed)),
      await refusal(sequential(linear(2, 3, { rng }), closed)),
      await refusal(network(), { loss: scaled }),
      await refusal(network(), { optimizer: reading }),
    ];
    expect(messages).toMatchInlineSnapshot(`
      [
        "GraphError: train: the model reads a parameter f32[3, 3] that is none of the model's, and would not be trained
        help: keep layers and parameters in public fields, arrays or plain objects, where they are found
        in layers.1",
        "GraphError: train: the model reads a parameter f32[3, 3] that is none of the model's, and would not be trained
        help: keep layers and parameters in public fields, arrays or plain objects, where they are found
        in layers.1",
        "GraphError: train: the loss reads a parameter f32[] that is none of the model's, and would not be trained
        help: make it a field of the model, or a State if it is not to be trained",
        "GraphError: train: the optimizer "reading" reads a parameter f32[] that is none of the model's, and would not be trained
        help: make it a field of the model, or a State if it is not to be trained",
      ]
    `);
    // In plain objects and arrays they are found.
    const found = new Own({ box: { layers: [linear(3, 3, { rng })] } }, (x, fields, run) =>
      fields.box.layers[0]!.call(x, run),
    );
    const { start } = await runToEnd(train(sequential(linear(2, 3, { rng }), found), data, settings));
    expect(start.parameters).toBe(9 + 12);
  });
});

describe("an optimizer of one's own", () => {
  const own = (change: Partial<Optimizer>): Optimizer => ({ ...sgd({ momentum: 0.9 }), kind: "mine", ...change });

  test("is told which slot or parameter it did not give as it should", async () => {
    const updates: Optimizer["update"][] = [
      (w) => [w, {}],
      (w) => [w, { velocity: w.sum() }],
      (w) => [w.cast("f64"), { velocity: w }],
      (w) => [w, { velocity: w, speed: w }],
      (w) => w as unknown as readonly [Tensor, Record<string, Tensor>],
      (w) => [w] as unknown as readonly [Tensor, Record<string, Tensor>],
      () => [1, {}] as unknown as readonly [Tensor, Record<string, Tensor>],
    ];
    const messages: string[] = [];
    for (const update of updates) messages.push(await refusal(network(), { optimizer: own({ update }) }));
    expect(messages).toMatchInlineSnapshot(`
      [
        "UsageError: train: the optimizer "mine" gave no slot "velocity" of layers.0.weight: expected f32[6, 2]",
        "UsageError: train: the optimizer "mine" gave f32[] as slot "velocity" of layers.0.weight: expected f32[6, 2]",
        "UsageError: train: the optimizer "mine" gave f64[6, 2] as new layers.0.weight: expected f32[6, 2]",
        "UsageError: train: the optimizer "mine" gave a slot "speed" of layers.0.weight that is not in its list of slots",
        "UsageError: train: the optimizer "mine" must give a parameter and its slots, [param, slots], for layers.0.weight: got an object",
        "UsageError: train: the optimizer "mine" must give a parameter and its slots, [param, slots], for layers.0.weight: got a list",
        "UsageError: train: the optimizer "mine" gave no new layers.0.weight: expected f32[6, 2]",
      ]
    `);
  });

  test("may call its numbers what it likes", async () => {
    const optimizer = own({
      slots: [],
      scalars: (_, learningRate) => ({ indices: learningRate, key: 1 }),
      update: (w, g, _, { indices, key }) => [w.sub(g.mul(indices!).mul(key!)), {}],
    });
    const [model, plain] = [network(), network()];
    await runToEnd(train(model, data, { ...settings, optimizer }));
    await runToEnd(train(plain, data, { ...settings, optimizer: sgd() }));
    expect(bitsOf(model)).toBe(bitsOf(plain));
  });

  test("that forgets a number at some step is told so", async () => {
    const scalars = (t: number, learningRate: number) => (t === 2 ? {} : { learningRate }) as Record<string, number>;
    const failure = failureOf(() => runToEnd(train(network(), data, { ...settings, optimizer: own({ scalars }) })));
    expect(await failure).toMatchInlineSnapshot(
      `"UsageError: train: the optimizer "mine" gave undefined as learningRate at step 1: expected a number"`,
    );
  });
});

test("a loss of whole numbers is refused", async () => {
  const count = (output: Tensor, targets: Tensor) => output.argmax({ axis: 1 }).sub(targets).abs().sum();
  expect(await refusal(network(), { loss: count })).toMatchInlineSnapshot(
    `"DtypeError: train: only floats have gradients, but the loss is i32"`,
  );
});

test("an assigned state may become infinite: only the loss, parameters and slots are guarded", async () => {
  const model = sequential(
    linear(2, 3, { rng: Rng.seeded(1) }),
    new Own({ worst: new State(zeros([])) }, (x, { worst }, run) => {
      run.assign(worst, worst.value.add(1).div(0));
      return x;
    }),
  );
  const { end } = await runToEnd(train(model, data, settings));
  expect(end.reason).toBe("completed");
  const { fields } = model.layers[1] as unknown as { fields: { worst: State } };
  expect(fields.worst.value.itemSync()).toBe(Number.POSITIVE_INFINITY);
});
