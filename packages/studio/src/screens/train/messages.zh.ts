import type { FaultFacts, FaultName, Finding } from "glassnet";
import { percent, significant } from "../../i18n/numbers.ts";
import type { TrainMessages } from "./messages.en.ts";

type Sentences = { readonly [F in FaultName]: (facts: FaultFacts[F]) => readonly [message: string, advice: string] };

const number = (x: number): string => significant(x, 3);

const findings: Sentences = {
  "not-finite": ({ what }) => [`${what} 是 NaN 或无穷大`, "回到数值还有限时的权重，并调低学习率"],
  diverged: ({ step, layer, operation, value }) => [
    `第 ${step} 步在 ${layer}（${operation}）中得到 ${value}，这一步没有执行`,
    "调低学习率；检查输入或目标里有没有大得离谱的数",
  ],
  "dead-units": ({ layer, dead, units, rows }) => [
    `${layer} 的 ${units} 个单元中有 ${dead} 个对全部 ${rows} 个样本都不激活：梯度传不过去`,
    "调低学习率，改用 He 初始值，或换成 leakyRelu 这类不会全关的激活函数",
  ],
  "saturated-units": ({ layer, saturated, units, rows }) => [
    `${layer} 的 ${units} 个单元中有 ${saturated} 个对 ${rows} 个样本几乎总落在曲线的平坦两端`,
    "用更小的初始值（Glorot），把输入标准化，或换成没有平坦两端的激活函数",
  ],
  "no-gradient": ({ param }) => [
    `${param} 的梯度处处为 0：它学不到东西`,
    "看看它后面是否有失活的单元，或初始值是否全为零",
  ],
  "vanishing-gradient": ({ param, norm, greatest }) => [
    `${param} 的梯度长度只有 ${number(norm)}，其他权重的可达 ${number(greatest)}`,
    "用 relu 代替 sigmoid，用与之相配的初始值（He、Glorot），或减少层数",
  ],
  "exploding-gradient": ({ param, norm }) => [
    `${param} 的梯度长度达到 ${number(norm)}`,
    "调低学习率，用更小的初始值，并缩放输入和目标",
  ],
  "large-updates": ({ param, ratio }) => [
    `一步就改变了 ${param} 长度的 ${percent(ratio)}；通常约为 0.1%`,
    "调低学习率",
  ],
  "small-updates": ({ param, ratio }) => [
    `一步只改变 ${param} 长度的 ${number(ratio)}；通常约为 0.001`,
    "调高学习率，除非训练已到尾声",
  ],
  "initial-loss": ({ loss, expected, classes }) => [
    `初始值的损失是 ${number(loss)}；对 ${classes} 个类别一无所知时应为 ln ${classes} = ${number(expected)}`,
    loss > expected
      ? "网络还没学就很自信：减小最后一层的初始值，或缩放输入"
      : "网络还没学就知道答案：这些权重训练过吗？输入里是否混进了答案？",
  ],
  "not-learning": ({ loss, baseline, epoch }) => [
    `${epoch} 轮之后损失是 ${number(loss)}；总按各类频率作答就有 ${number(baseline)}`,
    "把学习率调高或调低十倍；看看梯度和失活单元；检查标签是否与各行对应",
  ],
  overfitting: ({ training, validation, metric }) => [
    metric === "accuracy"
      ? `训练集准确率 ${percent(training)}，验证集只有 ${percent(validation)}`
      : `训练集损失 ${number(training)}，验证集损失 ${number(validation)}`,
    "更多样本、dropout、权重衰减或更少的单元可以缩小差距",
  ],
  "validation-rising": ({ least, epoch, now }) => [
    `验证损失在第 ${epoch} 轮后曾降到 ${number(least)}，现在是 ${number(now)}`,
    "早一点停下（keepBest），或用 dropout、权重衰减约束网络",
  ],
  "constant-features": ({ constant, features }) => [
    `${features} 个输入中有 ${constant} 个在每个样本里都一样`,
    "它们的权重从这些数据里学不到东西；若其他数据里也一样，就去掉它们",
  ],
  "unscaled-features": ({ scale }) => [`网络看到的输入大小达到 ${number(scale)}（均方根）`, "把输入标准化"],
  "class-imbalance": ({ rare, rareCount, frequent, frequentCount }) => [
    rareCount === 0
      ? `类别“${rare}”没有样本，“${frequent}”有 ${frequentCount} 个`
      : `类别“${rare}”只有 ${rareCount} 个样本，“${frequent}”有 ${frequentCount} 个`,
    "看看每个类别各自的准确率；补充或重复稀少类别的样本",
  ],
};

const say = <F extends FaultName>(fault: F, facts: FaultFacts[F]): readonly [string, string] => findings[fault](facts);

export const zh: TrainMessages = {
  title: "训练",
  lead: "修改网络和学习方式，看它怎样学习。所有数据都留在这台机器上。",
  summary: (shape, parameters) => `${shape}，${parameters} 个参数`,
  startOver: "重新开始",
  startOverHint: "按设置由随机种子产生新的初始值",
  tabs: { watch: "看它学习", compare: "A / B 对比" },
  tabsLabel: "显示内容",

  setup: "网络与学习",
  showSetup: "修改网络与学习",
  hideSetup: "收起网络与学习",
  input: "输入",
  inputOf: (shape, examples) => `${shape}，共 ${examples} 个样本`,
  data: "数据",
  dataChoices: { digits: "数字样本", mnist: "全部 60,000 个数字" },
  encoding: "像素表示",
  encodings: { intensity: "灰度", binary: "黑白" },
  scaling: "缩放",
  scalings: { plain: "原样", centred: "减去均值", standardised: "标准化" },
  scalingNotes: {
    plain: "0 到 1 之间的数。",
    centred: "减去均值。",
    standardised: "均值为 0，标准差为 1。",
    binary: "墨迹达到 255 中的 128 记为 1，否则为 0。",
    table: "各列保持表中原样。",
  },
  hidden: (n) => `隐藏层 ${n}`,
  output: "输出层",
  outputs: (n) => `${n} 个输出，由数据决定`,
  units: "单元数",
  activation: "激活函数",
  init: "初始值",
  inits: {
    default: "标准",
    glorotUniform: "Glorot 均匀",
    glorotNormal: "Glorot 正态",
    heUniform: "He 均匀",
    heNormal: "He 正态",
    lecunUniform: "LeCun 均匀",
    lecunNormal: "LeCun 正态",
    zeros: "全为零",
  },
  dropout: "Dropout",
  addLayer: "添加隐藏层",
  removeLayer: (n) => `删除隐藏层 ${n}`,
  moveUp: (n) => `把隐藏层 ${n} 移向输入`,
  moveDown: (n) => `把隐藏层 ${n} 移向输出`,
  mostLayers: (n) => `最多 ${n} 个隐藏层。`,
  keep: "保留放得下的权重",
  kept: (n) => `保留了 ${n} 个数。`,
  learning: "学习",
  loss: "损失函数",
  lossNames: {
    crossEntropy: "交叉熵",
    meanSquaredError: "均方误差",
    meanAbsoluteError: "平均绝对误差",
    binaryCrossEntropy: "二元交叉熵",
  },
  optimizer: "优化器",
  optimizers: { sgd: "SGD", adam: "Adam", adamW: "AdamW" },
  momentum: "动量",
  nesterov: "Nesterov",
  decay: "权重衰减",
  rate: "学习率",
  schedule: "学习率计划",
  schedules: { constant: "恒定", step: "阶梯", cosine: "余弦" },
  everyEpochs: "每几轮",
  overEpochs: "几轮内降到 0",
  factor: "乘以",
  scheduleLabel: (from, to, epochs) => `今后 ${epochs} 轮的学习率：从 ${from} 到 ${to}`,
  batch: "批大小",
  batchWhole: (n) => `数据只有 ${n} 个样本：它们就是一批。`,
  stop: "自动暂停",
  stopWhen: "何时",
  stops: {
    never: "从不",
    epochs: "每隔若干轮",
    target: "准确率达到目标时",
    patience: "损失不再下降时",
  },
  stopTarget: "准确率",
  stopNote: "以验证集为准。出现非有限的数时，训练总会停止。",
  effects: {
    now: "学习率随时改变，不打断训练。",
    fresh: "改损失、优化器、批大小会保留权重，优化器重新开始。",
    start: "改网络、输入、种子会产生新的初始值。",
  },
  deeds: {
    hidden: "网络",
    input: "输入",
    loss: "损失函数",
    optimizer: "优化器",
    schedule: "学习率",
    batch: "批大小",
    outputInit: "初始值",
    whole: "设置",
  },

  now: "现在",
  batchLoss: "批损失",
  smoothLoss: "批损失（平滑）",
  trainingLoss: "经验损失，训练集",
  validationLoss: "经验损失，验证集",
  trainingAccuracy: "准确率，训练集",
  validationAccuracy: "准确率，验证集",
  lossFigure: "损失",
  accuracyFigure: "准确率",
  step: "步",
  atEpoch: (epoch, step) => `第 ${epoch} 轮后，第 ${step} 步`,
  beforeStep: (step) => `第 ${step} 步，更新之前`,
  notYet: "按上方的“训练”：曲线从第一步开始，每轮结束后在全部数据上测量。",
  trained: "这些权重以前训练过。按“重新开始”，就能看新的权重怎样学习。",
  courseCaption: (points) =>
    points === "1"
      ? "批损失：每一步更新之前的损失，含 dropout。经验损失：全部样本，用每轮结束时的权重。"
      : `批损失：每 ${points} 步的平均，均在更新之前，含 dropout。经验损失：全部样本，用每轮结束时的权重。`,
  noClasses: "目标是数值而不是类别：没有准确率。",
  log: "对数坐标",
  smooth: "平滑",

  weightsFigure: "权重的形成",
  layer: "层",
  layerName: (n, units, path) => `第 ${n} 层：${units} 个单元（${path}）`,
  mode: "显示",
  modes: { weights: "权重", change: "变化" },
  since: "自第几步起",
  tilesLabel: (shown, units, layer) =>
    `${layer} 的 ${units} 个单元中 ${shown} 个的权重，每个单元一块。用方向键选择单元。`,
  matrixLabel: (shown, units, layer) =>
    `${layer} 的 ${units} 个单元中 ${shown} 个的权重：每行一个单元，每列一个输入。用方向键选择单元。`,
  tilesCaption: (shown, units, step) => `${units} 个单元中的 ${shown} 个，第 ${step} 步的权重。`,
  changeCaption: (shown, units, step, since) =>
    `${units} 个单元中的 ${shown} 个：第 ${step} 步的权重减去第 ${since} 步的。`,
  unitReadout: (unit) => `单元 ${unit}`,
  most: "最大",
  least: "最小",
  bias: "偏置",
  scale: "颜色刻度",

  spreadsFigure: "随时间变化的直方图",
  spreadKinds: { weights: "权重", activations: "激活值", gradients: "梯度（按大小）" },
  spreadsCaption: (rows) =>
    `最早的在上，现在的在下。激活值和梯度取自 ${rows} 个训练样本的平均损失，用各步的权重计算。恰为零的另计，两端各略去半个百分点。`,
  spreadLabel: (kind, layer, mean, std) => `${layer} 的${kind}随时间的变化。现在：均值 ${mean}，标准差 ${std}`,
  spreadRow: { step: "步", mean: "均值", std: "标准差", zeros: "恰为 0" },
  spreadNow: (mean, std, zeros) => `均值 ${mean}，标准差 ${std}，${zeros} 为 0`,

  healthFigure: "健康状况",
  healthy: "没有发现需要留意的问题。",
  severities: { fault: "故障", warning: "警告", note: "提示" },
  finding: (found: Finding) => {
    const [message, advice] = say(found.fault, found.facts as never);
    return [`${message}。`, advice.endsWith("？") ? advice : `${advice}。`];
  },
  showLayer: "查看",
  showLayerOf: (layer) => `查看 ${layer}`,
  healthCaption: (rows, step) =>
    `用第 ${step} 步的权重在 ${rows} 个训练样本上测得。界限只是经验：发现问题只说明值得一看。`,
  silencedNote: (n) => `手动关闭的 ${n} 个单元也算失活。`,
  initialLoss: "最初的损失",
  expected: (classes) => `一无所知时为 ln ${classes}`,
  notMeasured: "不是新的初始值",
  gap: "训练减验证",
  points: (x) => `${x} 个百分点`,
  gapNone: "第一轮之后才有",
  deadUnits: "失活或饱和",
  ofUnits: (n, of) => `${of} 个单元中 ${n} 个`,
  paramTable: "权重及其更新",
  param: "权重",
  gradient: "梯度 ‖g‖",
  ratio: "更新 ‖Δw‖/‖w‖",
  ratioHint: "标记位于 0.000001 与 1 之间；0.0001 到 0.01 的一段属于正常。",

  compareLead: "两种设置用相同的种子、相同的样本训练。你自己的网络不受影响，可以同时训练。",
  sideA: "A",
  sideB: "B",
  fromNow: "取我的网络的设置",
  useThis: "用于我的网络",
  differs: "不同之处",
  same: "A 和 B 完全相同。请在 B 中改点什么。",
  setting: "设置",
  epochs: "轮数",
  seeds: "种子数",
  examples: "样本数",
  startCompare: "训练 A 和 B",
  stopCompare: "停止",
  compareProgress: (done, of) => `${of} 轮中的 ${done} 轮`,
  editSide: (side) => `修改 ${side}`,
  score: "指标",
  scores: {
    trainingLoss: "损失，训练集",
    validationLoss: "损失，验证集",
    trainingAccuracy: "准确率，训练集",
    validationAccuracy: "准确率，验证集",
  },
  bandsFigure: "A 与 B，逐轮比较",
  bandsCaption: (seeds) =>
    seeds === "1" ? "只有一个种子：各一条线。种子多了才有带。" : `线：${seeds} 个种子的平均。带：其中最小到最大。`,
  bandsLabel: (score, a, b) => `A 和 B 每轮的${score}。最后：A ${a}，B ${b}`,
  bandsTable: "A 与 B 的数值",
  epoch: "轮",
  meanRange: (mean, low, high) => `${mean}（${low} 到 ${high}）`,
  bandsNone: "按“训练 A 和 B”。",
  sidesFigure: "并排比较",
  sidesCaption: "第一个种子下第一层的前几个单元：网络相同之处，初始值也相同。",
  sideTiles: (side, n) => `${side} 的前 ${n} 个单元的权重`,
  parametersOf: "参数",
  lastScore: "最后一轮",
  timeEach: "一次训练的时间",
  seconds: (s) => `${s} 秒`,
  divergedSeeds: (n) => `${n} 次发散`,
  lossesDiffer: "A 和 B 的损失函数不同：请比较准确率。",
};
