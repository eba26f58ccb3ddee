import type { Divergence } from "glassnet";

/** What there is to say about the part of the data that a network learns from. */
interface Split {
  readonly training: string;
  readonly validation: string;
  readonly test: string;
}

const en = {
  intro: (sizes: string) => `Training a network ${sizes} on handwritten digits`,
  split: ({ training, validation, test }: Split) =>
    `${training} digits to learn from, ${validation} held out for every choice, ${test} test digits kept for the end.`,
  encoding: {
    intensity: "Each of the 784 pixels is one input: its intensity, from 0 (black) to 1 (white).",
    binary: "Each of the 784 pixels is one input: 0 (black) or 1 (white), white from 128 of 255.",
  },
  lossName: { "cross-entropy": "cross-entropy", mse: "mean squared error" },
  recipe: (recipe: {
    loss: string;
    optimizer: string;
    rate: string;
    schedule: "constant" | "linear";
    batch: string;
    epochs: string;
    seed: string;
  }) =>
    `${recipe.loss}, ${recipe.optimizer}, learning rate ${recipe.rate}${recipe.schedule === "linear" ? " falling to 0" : ""}, batches of ${recipe.batch}, ${recipe.epochs} epochs, seed ${recipe.seed}.`,
  limited: (limit: string, leftOut: string) =>
    `Only the first ${limit} training digits are used (--limit); ${leftOut} are left out. Expect a worse result.`,
  folder: (path: string) => `Everything is kept in ${path}/`,
  stopHint: "Ctrl-C stops early and keeps the best so far.",
  summary: {
    layer: "layer",
    output: "output",
    parameters: "parameters",
    input: "input",
    total: (parameters: string, flops: string) =>
      `${parameters} parameters; one example takes ${flops} floating-point operations`,
  },
  columns: {
    epoch: "epoch",
    batchLoss: "batch loss",
    validationLoss: "validation loss",
    validationAccuracy: "validation accuracy",
    time: "seconds",
    best: "best accuracy",
  },
  live: {
    epoch: (epoch: number, epochs: number) => `epoch ${epoch}/${epochs}`,
    loss: (loss: string) => `loss ${loss}`,
    accuracy: (accuracy: string) => `accuracy ${accuracy}`,
    speed: (speed: string) => `${speed}/s`,
    left: (duration: string) => `${duration} left`,
    measuring: "measuring …",
  },
  plainStep: (at: {
    epoch: number;
    epochs: number;
    step: string;
    steps: string;
    loss: string;
    accuracy: string | undefined;
    pace: { speed: string; left: string } | undefined;
  }) =>
    `  epoch ${at.epoch} of ${at.epochs}: step ${at.step} of ${at.steps}, loss ${at.loss}${at.accuracy === undefined ? "" : `, accuracy ${at.accuracy}`}${at.pace === undefined ? "" : `, ${at.pace.speed} digits per second, ${at.pace.left} left`}`,
  stopping: "Stopping after this step. Ctrl-C once more quits at once.",
  nothingLearned: (path: string) => `Nothing was learned yet: ${path} holds the network as it was at the start`,
  outputFailed: "The output cannot be written: stopping.",
  outputClosed: "Nobody reads the output any more: stopping.",
  stopped: (path: string) => `Stopped early. What was learned so far is kept in ${path}`,
  diverged: (divergence: Divergence) => `training diverged: ${divergence.message}`,
  decayHint: (decay: string) =>
    `the decay ${decay} is too large for this learning rate: try --decay 0.001; the last good weights were kept`,
  divergedHint: (rate: string, better: string) =>
    `the learning rate ${rate} is probably too large: try --learning-rate ${better}; the last good weights were kept`,
  keptStart: "No epoch was finished, and nothing useful was learned: there is nothing to test and nothing to explain.",
  kept: (epoch: number) => `Kept: the weights of epoch ${epoch}, the most accurate on the held-out digits.`,
  lossHead: "Loss",
  emptyLoss: (loss: string, accuracy: string, count: string) =>
    `over all ${count} training digits  ${loss}   (accuracy ${accuracy})`,
  batchLoss: (loss: string, epoch: number) => `running batch loss of epoch ${epoch}  ${loss}`,
  lossNote:
    "The first is the empirical loss: one pass over all training digits with the final weights. The second is the mean over the batches of one epoch, each measured just before its own step, while the weights were still changing.",
  testHead: (count: string) => `Test: ${count} digits that the network has never seen`,
  testResult: (accuracy: string, right: string, wrong: string, loss: string) =>
    `accuracy ${accuracy}: ${right} right, ${wrong} wrong; loss ${loss}`,
  examplesHead: "Some test digits",
  explainHead: (index: number) => `One decision explained: test digit ${index}`,
  savedHead: "Saved",
  saved: {
    model: "the network, ready to use",
    config: "what was asked for",
    events: "every step of the training",
    eventsInPart: "the first steps of the training; then writing failed",
    summary: "what came out",
  },
  folderTrouble: {
    cannotCreate: (path: string, reason: string) => `${path}: cannot create the folder: ${reason}`,
    cannotUse: (path: string, reason: string) => `${path}: cannot write into the folder: ${reason}`,
    notEmpty: (path: string) => `${path}: the folder is not empty, and a run never overwrites another`,
    elsewhere: "choose another folder with --output DIR",
    reasons: {
      EEXIST: "a file of that name is in the way",
      ENOTDIR: "a part of the path is a file, not a folder",
      EACCES: "permission denied",
      EPERM: "the system does not allow it",
      EROFS: "the file system is read-only",
      ENOSPC: "the disk is full",
      EDQUOT: "the disk quota is used up",
      ENAMETOOLONG: "the path is too long",
      ENOENT: "there is no such place: a link leads nowhere, or the file system takes no folders",
      ELOOP: "too many symbolic links",
      EFBIG: "the file would exceed the size limit of this process or file system",
      EIO: "the disk reports an error",
    },
  },
  tooManyParameters: (layers: string, count: string, most: string) =>
    `train: --layers ${layers} makes a network of ${count} parameters; at most ${most} are possible here`,
  tooFewDigits: (count: string) =>
    `the training set has ${count} digit: at least 2 are needed, one to learn from and one to hold out`,
  finishing: "Finishing. Ctrl-C once more quits at once; the network is saved.",
  notSaved: (path: string, reason: string) => `the run could not be saved in ${path}: ${reason}`,
  rescued: (path: string) => `the network was saved in ${path} instead`,
  checkpointKept: (path: string, epoch: number) => `${path} still holds the network as it was after epoch ${epoch}`,
  nothingKept: "the network is lost; the numbers above are all that is left",
  logIncomplete: (path: string, reason: string) => `${path} is incomplete, writing failed: ${reason}`,
  folderMadeAgain: (path: string) =>
    `the folder was made again, and the network is in ${path}; what else was there is lost`,
  writeTrouble: (text: string) => `warning: ${text}`,
  nextHead: "What to try next",
  next: {
    studio: "see through it in the browser",
    explain: "why this digit is seen as what it is",
    unit: "every term of one hidden neuron",
    outputUnit: "every term of one output neuron",
    backprop: "backpropagation with real numbers, each gradient checked",
    predict: "another digit",
    wider: "a wider and deeper network (it takes about three times as long)",
    binary: "pixels that are only black or white",
    term: "what a term means",
  },
  seconds: (seconds: string) => `trained in ${seconds}`,
};

export type Train = typeof en;

function divergenceInChinese({ step, layer, operation, value }: Divergence): string {
  const [, path = layer, kind] = /^(.*?)(?: \((gradient|update)\))?$/.exec(layer) ?? [];
  const name = path === "loss" ? "损失" : path === "model" ? "模型" : path;
  const part = kind === "gradient" ? " 的梯度计算中，" : kind === "update" ? " 的更新计算中，" : " 的 ";
  const isRead = operation === "the data" || operation.includes("."); // what was bad before anything was computed
  const source = operation === "the data" ? "数据" : ` ${operation} `;
  const what = isRead ? `${name} 从${source}读到 ${value}` : `${name}${part}${operation} 最先算出 ${value}`;
  return `第 ${step} 步中，${what}；这一步没有生效`;
}

const zh: Train = {
  intro: (sizes) => `训练 ${sizes} 网络识别手写数字`,
  split: ({ training, validation, test }) =>
    `${training} 个数字用来学习，${validation} 个留出来做各种选择，${test} 个测试数字只在最后用一次。`,
  encoding: {
    intensity: "784 个像素各是一个输入：取它的灰度，从 0（黑）到 1（白）。",
    binary: "784 个像素各是一个输入：0（黑）或 1（白），255 级灰度中 128 起算白。",
  },
  lossName: { "cross-entropy": "交叉熵", mse: "均方误差" },
  recipe: ({ loss, optimizer, rate, schedule, batch, epochs, seed }) =>
    `损失：${loss}；优化器：${optimizer}；学习率 ${rate}${schedule === "linear" ? "，逐步降到 0" : ""}；每批 ${batch} 个，共 ${epochs} 轮，随机种子 ${seed}。`,
  limited: (limit, leftOut) => `只用前 ${limit} 个训练数字（--limit），略去 ${leftOut} 个，结果会差一些。`,
  folder: (path) => `所有文件保存在 ${path}/`,
  stopHint: "按 Ctrl-C 可提前停止，已学到的最好结果会保留。",
  summary: {
    layer: "层",
    output: "输出",
    parameters: "参数",
    input: "输入",
    total: (parameters, flops) => `共 ${parameters} 个参数；处理一个样本需要 ${flops} 次浮点运算`,
  },
  columns: {
    epoch: "轮次",
    batchLoss: "批次损失",
    validationLoss: "验证损失",
    validationAccuracy: "验证准确率",
    time: "秒",
    best: "准确率最高",
  },
  live: {
    epoch: (epoch, epochs) => `第 ${epoch}/${epochs} 轮`,
    loss: (loss) => `损失 ${loss}`,
    accuracy: (accuracy) => `准确率 ${accuracy}`,
    speed: (speed) => `每秒 ${speed} 个`,
    left: (duration) => `还需 ${duration}`,
    measuring: "正在测量……",
  },
  plainStep: ({ epoch, epochs, step, steps, loss, accuracy, pace }) =>
    `  第 ${epoch}/${epochs} 轮：第 ${step}/${steps} 步，损失 ${loss}${accuracy === undefined ? "" : `，准确率 ${accuracy}`}${pace === undefined ? "" : `，每秒 ${pace.speed} 个数字，还需 ${pace.left}`}`,
  stopping: "这一步之后停止。再按一次 Ctrl-C 立即退出。",
  nothingLearned: (path) => `还没有学到任何东西：${path} 里是最初的网络`,
  outputFailed: "无法写入输出：训练停止。",
  outputClosed: "输出已无人读取：训练停止。",
  stopped: (path) => `已提前停止，目前学到的保存在 ${path}`,
  diverged: (divergence) => `训练发散：${divergenceInChinese(divergence)}`,
  decayHint: (decay) => `对这个学习率来说，衰减 ${decay} 太大，试试 --decay 0.001；已保留最后一组正常的权重`,
  divergedHint: (rate, better) => `学习率 ${rate} 可能太大，试试 --learning-rate ${better}；已保留最后一组正常的权重`,
  keptStart: "没有完成任何一轮，也没有学到有用的东西，因此没有可测试、可解释的内容。",
  kept: (epoch) => `保留第 ${epoch} 轮的权重：它在留出的数字上准确率最高。`,
  lossHead: "损失",
  emptyLoss: (loss, accuracy, count) => `全部 ${count} 个训练数字上  ${loss}   （准确率 ${accuracy}）`,
  batchLoss: (loss, epoch) => `第 ${epoch} 轮的批次损失  ${loss}`,
  lossNote:
    "前者是经验损失：用最终的权重把全部训练数字过一遍。后者是一轮中各批次损失的平均，每批都在它自己那一步之前测量，那时权重还在变化。",
  testHead: (count) => `测试：网络从未见过的 ${count} 个数字`,
  testResult: (accuracy, right, wrong, loss) => `准确率 ${accuracy}：对 ${right} 个，错 ${wrong} 个；损失 ${loss}`,
  examplesHead: "几个测试数字",
  explainHead: (index) => `解释一个判断：${index} 号测试数字`,
  savedHead: "已保存",
  saved: {
    model: "训练好的网络，可直接使用",
    config: "训练的各项设置",
    events: "训练的每一步",
    eventsInPart: "训练最初的若干步，之后写入失败",
    summary: "训练的结果",
  },
  folderTrouble: {
    cannotCreate: (path, reason) => `${path}：无法创建文件夹：${reason}`,
    cannotUse: (path, reason) => `${path}：无法写入文件夹：${reason}`,
    notEmpty: (path) => `${path}：文件夹不是空的，而一次训练不会覆盖另一次`,
    elsewhere: "请用 --output DIR 换一个文件夹",
    reasons: {
      EEXIST: "已有同名文件",
      ENOTDIR: "路径中有一部分是文件，不是文件夹",
      EACCES: "没有权限",
      EPERM: "系统不允许",
      EROFS: "文件系统是只读的",
      ENOSPC: "磁盘已满",
      EDQUOT: "磁盘配额已用完",
      ENAMETOOLONG: "路径太长",
      ENOENT: "没有这个位置：可能是失效的链接，或是不能新建文件夹的文件系统",
      ELOOP: "符号链接过多",
      EFBIG: "文件会超出进程或文件系统的大小限制",
      EIO: "磁盘出错",
    },
  },
  tooManyParameters: (layers, count, most) =>
    `train：--layers ${layers} 的网络会有 ${count} 个参数，这里最多 ${most} 个`,
  tooFewDigits: (count) => `训练集只有 ${count} 个数字：至少需要 2 个，一个用来学习，一个留出`,
  finishing: "正在收尾。再按一次 Ctrl-C 立即退出；网络已经保存。",
  notSaved: (path, reason) => `无法把这次训练保存到 ${path}：${reason}`,
  rescued: (path) => `网络改存到 ${path}`,
  checkpointKept: (path, epoch) => `${path} 里仍是第 ${epoch} 轮之后的网络`,
  nothingKept: "网络没能保存，只剩下上面的数字",
  logIncomplete: (path, reason) => `${path} 不完整，写入失败：${reason}`,
  folderMadeAgain: (path) => `文件夹已重建，网络在 ${path}；文件夹里原有的其他文件已丢失`,
  writeTrouble: (text) => `警告：${text}`,
  nextHead: "接下来可以试试",
  next: {
    studio: "在浏览器中看透它",
    explain: "这个数字为什么被这样判断",
    unit: "一个隐藏神经元的每一项",
    outputUnit: "一个输出神经元的每一项",
    backprop: "用真实的数字看反向传播，并检验每个梯度",
    predict: "换一个数字",
    wider: "更宽、更深的网络（用时约为三倍）",
    binary: "像素只分黑白",
    term: "一个术语的含义",
  },
  seconds: (seconds) => `训练用时 ${seconds}`,
};

export const train = { en, zh };
