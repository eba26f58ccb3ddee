import { digitNames, formatCount } from "glassnet";
import { computedBy, computingFlags, Notices, openComputing } from "./computing.ts";
import { printConfusion } from "./confusion.ts";
import { verb } from "./context.ts";
import { exitCodes, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import { modelFlags } from "./model-flags.ts";
import { lossText, percent } from "./numbers.ts";
import { checkFinite, classQualities, outcomeOf } from "./outcome.ts";
import { digitsFor, openDigitModel } from "./saved-model.ts";
import { tableLines } from "./table.ts";
import { printHead } from "./train-report.ts";
import { wrap } from "./width.ts";

const USAGE = "glassnet eval MODEL mnist [options]";

const flags = { ...computingFlags, ...modelFlags } satisfies FlagTable;

export const evalVerb = verb({
  name: "eval",
  usage: [USAGE],
  flags,
  examples: [
    ["npx glassnet eval runs/… mnist", { en: "the network of a run", zh: "一次训练得到的网络" }],
    ["npx glassnet eval model.safetensors mnist --json", { en: "for programs", zh: "供程序读取" }],
  ],
  async run({ positionals, values, m, terminal, writeJson }) {
    const [name, dataset, extra] = positionals;
    const usage = m.usage.seeUsage(m.help.usageLine(USAGE));
    if (name === undefined) throw new UsageFailure(m.usage.missingModel("eval"), usage);
    if (dataset === undefined) throw new UsageFailure(m.usage.missingDataset("eval"), usage);
    if (dataset !== "mnist") throw new UsageFailure(m.usage.unknownDataset("eval", dataset), usage);
    if (extra !== undefined) throw new UsageFailure(m.usage.extraArgument("eval", extra), usage);
    const device = await openComputing("eval", values, m);
    const opened = await openDigitModel(name, m);
    const data = await digitsFor(opened, "test", values.data);
    const kind = opened.saved.outputs ?? "logits";
    const outcome = await outcomeOf(opened.saved.model, data, kind, device);
    checkFinite(outcome, opened.path, m);
    const qualities = classQualities(outcome.confusion);
    if (values.json) {
      const finite = (x: number) => (Number.isFinite(x) ? x : null);
      writeJson({
        version: 1,
        model: opened.path,
        testAccuracy: outcome.accuracy,
        testLoss: outcome.loss,
        loss: kind === "logits" ? "cross-entropy" : "mse",
        examples: data.size,
        classes: qualities.map(({ precision, recall, examples }, k) => ({
          name: digitNames[k],
          precision: finite(precision),
          recall: finite(recall),
          examples,
        })),
        confusion: outcome.confusion.counts,
        ...computedBy(device, values),
      });
      return exitCodes.done;
    }
    const { paint } = terminal;
    const count = formatCount(data.size);
    terminal.print(paint.bold(m.models.evalHead(opened.path, count)));
    const right = formatCount(Math.round(outcome.accuracy * data.size));
    terminal.print(`  ${m.models.accuracyLine(percent(outcome.accuracy), right, count)}`);
    terminal.print(`  ${m.models.lossLine(m.models.lossName[kind], lossText(outcome.loss))}`);
    terminal.print(`  ${m.computing.by(device)}`);
    new Notices(device, terminal, m).print();
    printHead(terminal, m.models.perClass);
    const { columns } = m.models;
    const [head, ...lines] = tableLines(
      [
        [columns.digit, columns.precision, columns.recall, columns.examples],
        ...qualities.map(({ precision, recall, examples }, k) => [
          digitNames[k]!,
          percent(precision),
          percent(recall),
          formatCount(examples),
        ]),
      ],
      { indent: "  " },
    );
    terminal.print(paint.dim(head!));
    for (const line of lines) terminal.print(line);
    terminal.print(paint.dim(wrap(m.models.perClassNote, Math.min(terminal.columns, 100), "  ")));
    printHead(terminal, m.models.confusionHead);
    printConfusion(terminal, outcome.confusion, digitNames, m);
    return exitCodes.done;
  },
});
