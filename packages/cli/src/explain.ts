import {
  type AttributionMethod,
  attributionMethods,
  type Contributions,
  contributions,
  type Evidence,
  findTerm,
} from "glassnet";
import type { Device } from "glassnet/engine";
import { printBackprop, readBackprop } from "./backprop.ts";
import { printCards } from "./card.ts";
import { checkComputing, computedBy, computingFlags, Notices, openComputing } from "./computing.ts";
import { type Call, verb } from "./context.ts";
import { cardOf, type Decision, decide, printReasons, reasonsOf } from "./decision.ts";
import { exitCodes, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import { digitFlags, modelFlags } from "./model-flags.ts";
import { type LinearPlace, linearPlaces } from "./network.ts";
import { printNeuron } from "./neuron.ts";
import { checkFinite } from "./outcome.ts";
import { pixelReport, printPixels } from "./pixel-report.ts";
import { CLASSES } from "./recipe.ts";
import { checkIndex, digitsFor, isPath, type OpenedModel, openDigitModel } from "./saved-model.ts";
import { explainTerm, listTerms } from "./term.ts";

const USAGE = ["glassnet explain MODEL --index N [options]", "glassnet explain TERM", "glassnet explain"] as const;

const flags = {
  ...digitFlags,
  unit: {
    kind: "text",
    isOptional: true,
    placeholder: "LAYER:UNIT",
    help: "take one neuron's sum apart; LAYER counts linear layers from 1, or is a path such as layers.1",
    zh: "拆解一个神经元的加权和；LAYER 是第几个线性层（从 1 数起），也可写路径，如 layers.1",
  },
  class: {
    kind: "integer",
    min: 0,
    default: 0,
    isOptional: true,
    help: "class to explain; by default what the network says",
    zh: "要解释的类别；默认为网络的回答",
  },
  versus: {
    kind: "integer",
    min: 0,
    default: 0,
    isOptional: true,
    help: "class to compare with; by default the one that comes second",
    zh: "用来比较的类别；默认为排第二的类别",
  },
  method: {
    kind: "choice",
    of: attributionMethods,
    default: "integrated-gradients",
    isOptional: true,
    placeholder: "NAME",
    help: "which pixels speak for the class, and not for that of --versus if it is given; by this method",
    zh: "用这种方法显示哪些像素支持该类别；给出 --versus 时，显示哪些支持它而不支持另一类",
  },
  backprop: {
    kind: "flag",
    default: false,
    help: "backpropagation with real numbers, and every gradient checked against finite differences",
    zh: "用真实数字展示反向传播，并用有限差分检验每个梯度",
  },
  top: {
    kind: "integer",
    min: 1,
    default: 6,
    isOptional: true,
    help: "how many terms to show, the largest first; by default 6, and with --unit every term that is not 0",
    zh: "显示多少项，从最大的起；默认 6 项，有 --unit 时默认显示所有不为 0 的项",
  },
  ...computingFlags,
  ...modelFlags,
} as const satisfies FlagTable;

type ExplainCall = Call<typeof flags>;

/** What is explained, and where it is computed. */
interface Explained {
  readonly opened: OpenedModel;
  readonly decision: Decision;
  readonly device: Device;
}

/** Terms on each side of an explanation, unless `--top` says otherwise. */
const EVIDENCE_SHOWN = 6;

/** The neuron that `--unit` names. */
function parseUnit(
  text: string,
  places: readonly LinearPlace[],
  call: ExplainCall,
): { place: LinearPlace; unit: number } {
  const { m } = call;
  const cut = text.lastIndexOf(":");
  const [layer, unit] = [text.slice(0, cut), text.slice(cut + 1)];
  if (cut < 1 || !/^\d+$/.test(unit)) throw new UsageFailure(m.explain.badUnit(text));
  const place = places.find((one) => String(one.number) === layer || one.path === layer);
  if (place === undefined) {
    const known = places.map(({ number, path }) => `${number} (${path})`).join(", ");
    throw new UsageFailure(m.explain.noSuchLayer(text, known));
  }
  if (Number(unit) >= place.layer.outFeatures) {
    throw new UsageFailure(m.explain.noSuchUnit(text, place.layer.outFeatures - 1));
  }
  return { place, unit: Number(unit) };
}

/** Each way to explain has its own flags; one that would be ignored is a slip. */
function checkCombination({ given, values, m }: ExplainCall): void {
  const way = (["backprop", "unit", "method"] as const).find((name) => given.has(name) && values[name] !== false);
  if (way === undefined) return;
  const others = way === "method" ? (["unit"] as const) : (["unit", "class", "versus", "method"] as const);
  const ignored = others.find((name) => name !== way && given.has(name));
  if (ignored !== undefined) throw new UsageFailure(m.usage.noEffect("explain", `--${ignored}`, `--${way}`));
}

function checkClasses({ values, m }: ExplainCall, predicted: number): void {
  for (const flag of ["class", "versus"] as const) {
    const given = values[flag];
    if (given !== undefined && given >= CLASSES) {
      throw new UsageFailure(m.explain.noSuchClass(`--${flag}`, String(given), CLASSES - 1));
    }
  }
  if (values.versus !== undefined && values.versus === (values.class ?? predicted)) {
    throw new UsageFailure(m.explain.sameClass(String(values.versus)));
  }
}

const neuronJson = ({ terms, ...rest }: Contributions) => ({
  ...rest,
  inputs: terms.length,
  terms: terms.filter(({ product }) => product !== 0),
});

const evidenceJson = (evidence: Evidence) => ({ ...evidence });

async function explainDecision(explained: Explained, call: ExplainCall): Promise<void> {
  const { opened, decision, device } = explained;
  const { terminal, m, values, writeJson } = call;
  const { model } = opened.saved;
  const reasons = await reasonsOf(model, decision, device, { classIndex: values.class, versus: values.versus });
  if (!values.json) {
    terminal.print();
    printReasons(terminal, opened.saved, reasons, values.top ?? EVIDENCE_SHOWN, m);
    return;
  }
  writeJson({
    ...headJson(explained, call),
    evidence: evidenceJson(reasons.own),
    versus: evidenceJson(reasons.versus),
    neuron: neuronJson(reasons.neuron),
  });
}

function headJson({ opened, decision, device }: Explained, { values }: ExplainCall) {
  const { index, label, predicted, probabilities, kind } = decision;
  const name = kind === "logits" ? "probabilities" : "scores";
  const { set } = values;
  return {
    ...{ version: 1, model: opened.path, set, index, label, predicted },
    [name]: Array.from(probabilities),
    ...computedBy(device, values),
  };
}

async function explainUnit(explained: Explained, call: ExplainCall): Promise<void> {
  const { opened, decision, device } = explained;
  const { terminal, m, values, writeJson } = call;
  const { model } = opened.saved;
  const { place, unit } = parseUnit(values.unit!, linearPlaces(model), call);
  const sum = await contributions(model, decision.x, { layer: place.path, unit, device });
  if (values.json) {
    writeJson({ ...headJson(explained, call), neuron: neuronJson(sum) });
    return;
  }
  terminal.print();
  printNeuron(terminal, sum, { number: place.number, isPixels: place.isFirst, top: values.top ?? sum.terms.length }, m);
}

async function explainPixels(explained: Explained, method: AttributionMethod, call: ExplainCall): Promise<void> {
  const { opened, decision, device } = explained;
  const { terminal, m, values, writeJson } = call;
  const { class: classIndex = decision.predicted, versus } = values;
  const report = await pixelReport(opened.saved.model, decision, { method, classIndex, versus, device });
  if (values.json) {
    const { path, ...rest } = report;
    writeJson({ ...headJson(explained, call), attribution: { ...rest, ...path, values: Array.from(report.values) } });
    return;
  }
  terminal.print();
  printPixels(terminal, report, values.top ?? EVIDENCE_SHOWN, m);
}

async function explainBackprop(explained: Explained, call: ExplainCall): Promise<void> {
  const { opened, decision, device } = explained;
  const { terminal, m, values, writeJson } = call;
  const backprop = await readBackprop(opened.saved, decision, device);
  if (!values.json) {
    terminal.print();
    await printBackprop(terminal, backprop, opened.saved.model, m);
    return;
  }
  writeJson({ ...headJson(explained, call), ...(await backprop.toJson()) });
}

async function explainModel(name: string, index: number, call: ExplainCall): Promise<number> {
  const { m, values, terminal } = call;
  checkCombination(call);
  checkComputing("explain", values, m);
  const opened = await openDigitModel(name, m);
  if (values.unit !== undefined) parseUnit(values.unit, linearPlaces(opened.saved.model), call);
  const data = await digitsFor(opened, values.set, values.data);
  checkIndex(index, data, values.set, m);
  const device = await openComputing("explain", values, m);
  const notices = new Notices(device, terminal, m);
  notices.skip();
  const decision = await decide(opened.saved, data, index, device);
  checkFinite(decision, opened.path, m);
  checkClasses(call, decision.predicted);
  if (!values.json)
    printCards(terminal, [cardOf(decision, m.models.digitOf(m.models.sets[values.set], index))], m, true);
  const explained = { opened, decision, device };
  if (values.backprop) await explainBackprop(explained, call);
  else if (values.unit !== undefined) await explainUnit(explained, call);
  else if (values.method !== undefined) await explainPixels(explained, values.method, call);
  else await explainDecision(explained, call);
  if (!values.json) notices.print();
  return exitCodes.done;
}

export const explainVerb = verb({
  name: "explain",
  usage: USAGE,
  flags,
  examples: [
    ["npx glassnet explain runs/… --index 0", { en: "why this digit is seen as a 7", zh: "这个数字为什么被认作 7" }],
    [
      "npx glassnet explain runs/… --index 0 --unit 1:17",
      { en: "every part of the sum of neuron 17 in the first layer", zh: "第 1 层 17 号神经元加权和的每一部分" },
    ],
    [
      "npx glassnet explain runs/… --index 8 --class 5 --versus 6",
      { en: "why a 5 and not a 6", zh: "为什么是 5 而不是 6" },
    ],
    [
      "npx glassnet explain runs/… --index 0 --method integrated-gradients",
      { en: "which pixels speak for it, and which against it", zh: "哪些像素支持这个判断，哪些反对" },
    ],
    [
      "npx glassnet explain runs/… --index 0 --backprop",
      { en: "gradients with real numbers, each of them checked", zh: "用真实数字看梯度，并逐一检验" },
    ],
    ["npx glassnet explain gradient descent", { en: "a term, with a worked number", zh: "一个术语，附算好的例子" }],
  ],
  async run(call) {
    const { positionals, values, m } = call;
    const [name, extra] = positionals;
    if (name === undefined) return listTerms(call, values.json);
    const looksLikePath = /\.safetensors$|[/\\]/.test(name) || values.index !== undefined;
    if (!looksLikePath && (findTerm(positionals.join(" ")) !== undefined || !(await isPath(name))))
      return explainTerm(positionals.join(" "), call, values.json);
    const usage = m.usage.seeUsage(m.help.usageLine(USAGE[0]));
    if (extra !== undefined) throw new UsageFailure(m.usage.extraArgument("explain", extra), usage);
    if (values.index === undefined && (await isPath(name))) {
      throw new UsageFailure(m.usage.missingIndex("explain"), usage);
    }
    return explainModel(name, values.index ?? 0, call);
  },
});
