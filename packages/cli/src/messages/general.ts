import { formatDuration, type Option } from "glassnet";

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

const en = {
  usage: {
    unknownVerb: (name: string, known: readonly string[]) =>
      `unknown command "${name}": expected one of ${quoted(known)}`,
    unknownFlag: (where: string, flag: string) => `${where}: unknown option ${flag}`,
    knownFlags: (where: string, flags: readonly string[]) => `${where} has ${flags.join(", ")}`,
    didYouMean: (name: string) => `did you mean ${name}?`,
    needsValue: (where: string, flag: string) => `${where}: ${flag} needs a value`,
    takesNoValue: (where: string, flag: string) => `${where}: ${flag} takes no value`,
    extraArgument: (where: string, text: string) => `${where}: unexpected argument "${text}"`,
    missingDataset: (where: string) => `${where}: name the data set`,
    unknownDataset: (where: string, name: string) => `${where}: unknown data set "${name}": expected "mnist"`,
    missingModel: (where: string) => `${where}: name a model file or the folder of a run`,
    missingIndex: (where: string) => `${where}: say which digit with --index N`,
    seeUsage: (line: string) => `usage: ${line}`,
    noEffect: (where: string, flag: string, because: string) => `${where}: ${flag} has no effect with ${because}`,
    /** A value that an option does not take; undefined where the library's own sentence will do. */
    badValue: (_name: string, _option: Option, _value: unknown): string | undefined => undefined,
    layerSize: "a size in --layers",
  },
  failure: {
    error: (text: string) => `error: ${text}`,
    library: (text: string, _code: string) => `error: ${text}`,
    hint: (text: string) => `  help: ${text}`,
    unexpected: (text: string) =>
      `error: something went wrong that should not have: ${text}\n  help: run it again with --debug to see where`,
    cannotPrint: (reason: string) => `cannot write to the standard output: ${reason}`,
  },
  duration: formatDuration,
  help: {
    title: "Glassnet: the neural network that you can see through",
    tryFirst: "Try first:",
    commands: "Commands:",
    forAll: "Options of every command:",
    options: "Options:",
    usage: "Usage:",
    usageLine: (line: string) => line,
    examples: "Examples:",
    facts: (facts: readonly string[]) => ` (${facts.join("; ")})`,
    byDefault: (value: string) => `default: ${value}`,
    range: (text: string) => text,
    oneOf: (names: readonly string[]) => names.join(", "),
    more: "`glassnet COMMAND --help` lists the options of a command. `--lang zh` 显示中文。",
    exitCodes:
      "Exit codes: 0 done, 1 failed, 2 the arguments cannot be used, 130 stopped with Ctrl-C (what was learned is kept)",
    first: {
      train:
        "train a network on handwritten digits and watch it: 55,000 to learn from, 5,000 held out, 10,000 for the test",
      explain: "see what a network that you trained makes of test digit 0, and why",
      term: "what a word means, with a worked number",
    },
    verbs: {
      train: "train a network, save it, and explain one of its decisions",
      eval: "measure a model on the 10,000 test digits",
      predict: "show one digit and what a model makes of it",
      explain: "take a decision or a neuron apart; or explain a term",
      inspect: "show what a model is made of",
      studio: "open the studio in the browser: draw, train, and see through the network",
      doctor: "show what this machine can compute with, and check that it computes right",
      help: "show this overview, or the help of a command",
    },
  },
};

export type General = typeof en;

/** As `formatDuration`, in Chinese. */
function durationInChinese(ms: number): string {
  if (ms < 999.5) return `${ms.toFixed(0)} 毫秒`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} 秒`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} 分 ${String(seconds % 60).padStart(2, "0")} 秒`;
  return `${Math.floor(minutes / 60)} 小时 ${String(minutes % 60).padStart(2, "0")} 分`;
}

function badValueInChinese(name: string, option: Option, value: unknown): string | undefined {
  const given = typeof value === "string" ? `“${value}”` : ` ${String(value)}`;
  switch (option.kind) {
    case "choice":
      return `${name} 不能是${given}，可用的有：${option.of.join("、")}`;
    case "integer":
    case "number": {
      const noun = option.kind === "integer" ? "整数" : "数";
      const { min, max } = option;
      const isOpen = max === undefined || max >= Number.MAX_SAFE_INTEGER;
      const low = option.kind === "number" && option.above === true ? `大于 ${min}` : `不小于 ${min}`;
      const below = option.kind === "number" && option.below !== undefined ? `、小于 ${option.below}` : "";
      const high = isOpen ? below : `、不大于 ${max}`;
      return `${name}${/\p{Script=Han}$/u.test(name) ? "" : " "}应为${low}${high} 的${noun}，而不是${given}`;
    }
    case "flag":
      return undefined;
  }
}

const zh: General = {
  usage: {
    unknownVerb: (name, known) => `没有命令“${name}”，可用的有：${known.join("、")}`,
    unknownFlag: (where, flag) => `${where}：没有选项 ${flag}`,
    knownFlags: (where, flags) => `${where} 的选项有：${flags.join("、")}`,
    didYouMean: (name) => `是不是想输入 ${name}？`,
    needsValue: (where, flag) => `${where}：${flag} 后面要有一个值`,
    takesNoValue: (where, flag) => `${where}：${flag} 后面不能有值`,
    extraArgument: (where, text) => `${where}：多出来的参数“${text}”`,
    missingDataset: (where) => `${where}：请写出数据集的名字`,
    unknownDataset: (where, name) => `${where}：没有数据集“${name}”，可用的是 mnist`,
    missingModel: (where) => `${where}：请给出模型文件或一次训练的文件夹`,
    missingIndex: (where) => `${where}：请用 --index N 指定是哪个数字`,
    seeUsage: (line) => `用法：${line}`,
    noEffect: (where, flag, because) => `${where}：${flag} 对 ${because} 不起作用`,
    badValue: badValueInChinese,
    layerSize: "--layers 中的大小",
  },
  failure: {
    error: (text) => `错误：${text}`,
    library: (text, code) => `错误（${code}）：${text}`,
    hint: (text) => `  提示：${text}`,
    unexpected: (text) => `错误：出现了不该出现的问题：${text}\n  提示：加上 --debug 再运行一次，可以看到问题出在哪里`,
    cannotPrint: (reason) => `无法写到标准输出：${reason}`,
  },
  duration: durationInChinese,
  help: {
    title: "Glassnet：看得透的神经网络",
    tryFirst: "先试试这三条命令：",
    commands: "命令：",
    forAll: "所有命令都有的选项：",
    options: "选项：",
    usage: "用法：",
    usageLine: (line) => line.replace("[options]", "[选项]").replace("COMMAND", "命令").replace("TERM", "术语"),
    examples: "示例：",
    facts: (facts) => `（${facts.join("；")}）`,
    byDefault: (value) => `默认：${value}`,
    range: (text) =>
      text
        .replace(/^a whole number/, "整数")
        .replace(/^a finite number/, "数")
        .replace(/ of at least (\S+)/, "，不小于 $1")
        .replace(/ above (\S+)/, "，大于 $1")
        .replace(/ and below (\S+)/, "，小于 $1")
        .replace(/ from (\S+) to (\S+)/, "，$1 到 $2"),
    oneOf: (names) => names.join("、"),
    more: "`glassnet 命令 --help` 列出该命令的选项。",
    exitCodes: "退出码：0 完成，1 失败，2 参数有误，130 用 Ctrl-C 停止（已学到的会保存）",
    first: {
      train: "用手写数字训练一个网络，并观看它学习：55,000 个用来学习，5,000 个留出，10,000 个用来测试",
      explain: "看看训练好的网络把 0 号测试数字认作什么，为什么",
      term: "解释一个术语，并附上算好的数字例子",
    },
    verbs: {
      train: "训练网络并保存，再解释它的一个判断",
      eval: "用 10,000 个测试数字衡量模型",
      predict: "显示一个数字，以及模型的判断",
      explain: "拆解一个判断或一个神经元；也可以解释术语",
      inspect: "显示模型的构成",
      studio: "在浏览器中打开工作室：画数字、训练、看透网络",
      doctor: "显示这台机器能用什么来计算，并检验算得对不对",
      help: "显示这份总览，或某个命令的帮助",
    },
  },
};

export const general = { en, zh };
