import { capture, fromArray, softmax, type Tensor, type TypedArray, tensor } from "glassnet";
import type { ExampleParams } from "../example.ts";
import { give, type Handlers } from "../handler.ts";
import { lossOf } from "../network.ts";
import type { Session } from "../session.ts";
import { StudioError } from "../trouble.ts";

/** The numbers of a tensor, as a copy that is given to the page. */
export async function numbersOf(x: Tensor, session: Session): Promise<Float32Array<ArrayBuffer>> {
  return give(Float32Array.from((await x.data({ device: session.device })) as TypedArray));
}

/** What the model makes of one example. */
export interface Prediction {
  /** What the model gives: logits, or scores. */
  readonly outputs: Float32Array<ArrayBuffer>;
  /** Softmax of the logits, where the outputs are logits of classes. */
  readonly probabilities: Float32Array<ArrayBuffer> | null;
  /** Place of the greatest output; the first, if several are. */
  readonly predicted: number;
  /** The answer of the data: a class index, or values. */
  readonly target: number | readonly number[] | null;
  readonly step: number;
}

/** Every number between the layers for one example. */
export interface Activations {
  /** The example as it is stored, such as bytes of pixels. */
  readonly stored: Float32Array<ArrayBuffer>;
  /** The example as the network sees it. */
  readonly input: Float32Array<ArrayBuffer>;
  /** Of every linear layer, by path: its weighted sums, and what the activation behind it makes of them. */
  readonly layers: Readonly<
    Record<string, { readonly z: Float32Array<ArrayBuffer>; readonly y: Float32Array<ArrayBuffer> }>
  >;
  readonly step: number;
}

/** The gradient of the loss of one example. */
export interface Gradients {
  readonly loss: number;
  /** The class that the loss compares with: the true one, or the one that was asked for. */
  readonly target: number | readonly number[];
  /** For what the network sees. */
  readonly input: Float32Array<ArrayBuffer>;
  /** Of the layers asked for: for z, and for weights (row by row) and biases. */
  readonly layers: Readonly<
    Record<
      string,
      {
        readonly z: Float32Array<ArrayBuffer>;
        readonly weights: Float32Array<ArrayBuffer>;
        readonly biases: Float32Array<ArrayBuffer> | null;
      }
    >
  >;
  readonly step: number;
}

function targetOf(session: Session, example: ExampleParams): number | readonly number[] | null {
  const { targets } = session.stored(example);
  if (targets === null) return null;
  return targets.shape.length === 1 && targets.dtype !== "f32" ? targets.data[0]! : [...targets.data];
}

export const exampleHandlers = {
  /** The stored numbers of an example, and its answer. */
  example: (session: Session, { example }: { example: ExampleParams }) => {
    const { inputs } = session.stored(example);
    return {
      stored: give(Float32Array.from(inputs.data)),
      shape: inputs.shape.slice(1),
      target: targetOf(session, example),
    };
  },

  /** What the model says. */
  predict: async (session: Session, { example }: { example: ExampleParams }): Promise<Prediction> => {
    const { output } = await (await session.insight()).look(session.input(example));
    const outputs = await numbersOf(output, session);
    const { classNames, outputs: kind = "logits" } = session.project;
    const isLogits = classNames !== undefined && kind === "logits";
    return {
      outputs,
      probabilities: isLogits ? await numbersOf(softmax(output), session) : null,
      predicted: outputs.reduce((best, x, i) => (x > outputs[best]! ? i : best), 0),
      target: targetOf(session, example),
      step: session.teacher.step,
    };
  },

  /** Every number between the layers. */
  activations: async (session: Session, { example }: { example: ExampleParams }): Promise<Activations> => {
    const x = session.input(example);
    const inside = await (await session.insight()).look(x);
    const layers: Record<string, { z: Float32Array<ArrayBuffer>; y: Float32Array<ArrayBuffer> }> = {};
    for (const { path, activationPath } of session.info().model.layers) {
      const call = inside.layers.get(path);
      if (call === undefined) continue;
      const z = await numbersOf(call.output, session);
      const behind = activationPath === null ? undefined : inside.layers.get(activationPath);
      layers[path] = { z, y: behind === undefined ? give(z.slice()) : await numbersOf(behind.output, session) };
    }
    return {
      stored: give(Float32Array.from(session.stored(example).inputs.data)),
      input: await numbersOf(x, session),
      layers,
      step: session.teacher.step,
    };
  },

  /**
   * Gradients of the loss of one example, for the layers asked for (all of them by default). A drawing has no answer: `target`
   * says with which class to compare.
   */
  gradients: async (
    session: Session,
    params: { example: ExampleParams; layers?: readonly string[]; target?: number },
  ): Promise<Gradients> => {
    const { model, preprocessing: _ } = await session.current();
    const known = targetOf(session, params.example);
    const target = params.target ?? known;
    if (target === null) throw new StudioError("not-there", "a drawing has no answer to compare with: choose a class");
    const { data } = session;
    const targets =
      params.target === undefined
        ? fromArray(session.stored(params.example).targets!)
        : tensor([params.target], { dtype: "i32" });
    const loss = lossOf(session.settings.loss, data.training);
    const run = await capture(model, session.input(params.example), { loss, targets, device: session.device });
    const layers: Record<string, Gradients["layers"][string]> = {};
    for (const { path, hasBias } of session.info().model.layers) {
      if (params.layers !== undefined && !params.layers.includes(path)) continue;
      const call = run.layers.get(path);
      if (call?.outputGrad === undefined) continue;
      layers[path] = {
        z: await numbersOf(call.outputGrad, session),
        weights: await numbersOf(run.paramGrads![`${path}.weight`]!, session),
        biases: hasBias ? await numbersOf(run.paramGrads![`${path}.bias`]!, session) : null,
      };
    }
    return {
      loss: await run.loss!.item({ device: session.device }),
      target,
      input: await numbersOf(run.inputGrad!, session),
      layers,
      step: session.teacher.step,
    };
  },
} satisfies Handlers;
