import { printCards } from "./card.ts";
import { computedBy, computingFlags, openComputing } from "./computing.ts";
import { verb } from "./context.ts";
import { cardOf, decide } from "./decision.ts";
import { exitCodes, UsageFailure } from "./failure.ts";
import { digitFlags, modelFlags } from "./model-flags.ts";
import { checkFinite } from "./outcome.ts";
import { checkIndex, digitsFor, openDigitModel } from "./saved-model.ts";

const USAGE = "glassnet predict MODEL --index N [options]";

export const predictVerb = verb({
  name: "predict",
  usage: [USAGE],
  flags: { ...digitFlags, ...computingFlags, ...modelFlags },
  examples: [
    ["npx glassnet predict runs/… --index 8", { en: "test digit 8", zh: "8 号测试数字" }],
    ["npx glassnet predict runs/… --index 0 --set train", { en: "a digit to learn from", zh: "一个训练数字" }],
  ],
  async run({ positionals, values, m, terminal, writeJson }) {
    const [name, extra] = positionals;
    const usage = m.usage.seeUsage(m.help.usageLine(USAGE));
    if (name === undefined) throw new UsageFailure(m.usage.missingModel("predict"), usage);
    if (extra !== undefined) throw new UsageFailure(m.usage.extraArgument("predict", extra), usage);
    const { index, set } = values;
    if (index === undefined) throw new UsageFailure(m.usage.missingIndex("predict"), usage);
    const device = await openComputing("predict", values, m);
    const opened = await openDigitModel(name, m);
    const data = await digitsFor(opened, set, values.data);
    checkIndex(index, data, set, m);
    const decision = await decide(opened.saved, data, index, device);
    checkFinite(decision, opened.path, m);
    if (values.json) {
      const { label, predicted, probabilities, kind } = decision;
      const name = kind === "logits" ? "probabilities" : "scores";
      writeJson({
        ...{ version: 1, model: opened.path, set, index, label, predicted },
        [name]: Array.from(probabilities),
        ...computedBy(device, values),
      });
    } else {
      printCards(terminal, [cardOf(decision, m.models.digitOf(m.models.sets[set], index))], m, true);
    }
    return exitCodes.done;
  },
});
