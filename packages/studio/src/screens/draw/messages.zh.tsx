import type { ReactNode } from "react";
import type { DrawMessages } from "./messages.en.tsx";

export const zh: DrawMessages = {
  title: "画数字并解释",
  lead: "画一个数字，看每个数怎样穿过网络，以及网络为什么这样回答。",
  mismatch: (name: string, shape: string) =>
    `本页处理 28 × 28 像素的图片和类别。网络“${name}”接收的是 ${shape} 个数，或者不输出类别。`,
  backToDigits: "回到数字",
  kOfN: (k: string, n: string) => `${n} 中的 ${k}`,
  words: {
    weight: "权重",
    activation: "激活值",
    evidence: "证据",
    bias: "偏置",
    attribution: "归因",
    encoding: "编码",
    inputLayer: "输入层",
    features: "特征",
    ablation: "消融",
    logit: "logit",
  },
  provenance: {
    validation: (n: string) => `验证集第 ${n} 个数字`,
    training: (n: string) => `训练集第 ${n} 个数字`,
    drawing: "你画的图",
    binary: (n: string) => `第 ${n} 个数字的黑白图`,
    all: (picture: string, step: string) => `${picture} · 第 ${step} 步 · 前向传播。`,
  },
  answer: {
    opening: "正在打开网络……",
    blank: "还什么都没画：画一个数字，或取一个测试数字。",
    dot: "这只是一个点，请接着画。",
    says: (name: string) => `网络的回答是 ${name}。`,
    right: "回答正确。",
    wrong: (name: string) => `正确答案是 ${name}。`,
    strange: (share: string) =>
      `这和网络认识的数字都不像：测试数字中只有 ${share} 离其他数字这么远。网络总得选一个类别，所以不要相信这个回答。`,
    first: "显示第一个数字",
  },
  pad: {
    label: "画板。方向键移动笔，空格键落笔或抬笔，Delete 键清空画板。",
    tool: "工具",
    pen: "笔",
    eraser: "橡皮",
    clear: "清空",
    random: "随机测试数字",
    hint: "可用鼠标、手指、触控笔，或方向键加空格键。",
    stroke: "一笔",
    rubbed: "擦除",
    cleared: "画板已清空。",
    at: (row: string, column: string, isDown: boolean) => `第 ${row} 行，第 ${column} 列${isDown ? "，正在画" : ""}`,
    down: "落笔",
    up: "抬笔",
  },
  network: {
    title: "网络",
    label: (sizes: string) => `用圆和线画出的网络，各层单元数为 ${sizes}。方向键在单元之间移动并选中。`,
    classes: "各类别的概率",
    inputs: "输入",
    outputs: "输出",
    hidden: (n: string) => (n === "" ? "隐藏层" : `隐藏层 ${n}`),
    lines: (counts: string) => `粗线：${counts}。`,
    key: (weight: ReactNode, activation: ReactNode, softmax: ReactNode) => (
      <>
        横条是 {softmax} 由输出得到的概率。一条线是{weight} × {activation}
        ：蓝色实线增加，橙色虚线减少。没画出的圆对这个回答影响较小。
      </>
    ),
    hover: "指向一个圆，可看它的数值和最强的连接。",
    pixel: (index: string, row: string, column: string, value: string) =>
      `像素 ${index}（第 ${row} 行，第 ${column} 列）：${value}`,
    output: (name: string, z: string, share: string | null) =>
      `类别 ${name}：${share === null ? "得分" : "logit"} ${z}${share === null ? "" : `，概率 ${share}`}`,
    unit: (layer: string, unit: string, z: string, y: string, from: string) =>
      `${layer}，单元 ${unit}：加权和 ${z}，激活值 ${y}${from}`,
    strongestPixel: (from: string, value: string) => `；最多来自像素 ${from}：${value}`,
    strongest: (from: string, value: string) => `；最多来自单元 ${from}：${value}`,
  },
  evidence: {
    title: "为什么这样回答？",
    ask: "问题",
    why: (name: string) => `为什么是 ${name}？`,
    versus: (name: string, rival: string) => `为什么是 ${name} 而不是 ${rival}？`,
    classLabel: "要解释的类别",
    rivalLabel: "用来对比的类别",
    not: "而不是",
    nothing: "请先画一个数字：没有图片就没有可解释的东西。",
    unit: "单元",
    pixel: "像素",
    unitName: (unit: string) => `单元 ${unit}`,
    pixelName: (pixel: string) => `像素 ${pixel}`,
    factors: "激活值 × 权重",
    factorsOfPixels: "输入 × 权重",
    product: "证据",
    way: "累计和",
    rest: (n: string) => `其余 ${n} 个`,
    logit: (name: string) => `${name} 的 logit`,
    difference: (name: string, rival: string) => `${name} 与 ${rival} 的 logit 之差`,
    network: (logit: string, bound: string) => `网络自己算出的是 ${logit}；舍入误差至多 ${bound}。`,
    counts: (pro: string, contra: string) => `${pro} 个单元支持，${contra} 个单元反对。`,
    caption: (evidence: ReactNode, logit: ReactNode) => (
      <>
        最后一个隐藏层给出的{evidence}，由强到弱。蓝色支持该类别，带斜纹的橙色反对；加上偏置，总和就是 {logit}
        。只显示两种算法一致的位数。
      </>
    ),
  },
  pixels: {
    title: "来自图中哪里？",
    label: (pro: string, contra: string, pixel: string) =>
      `每个像素的贡献：支持 ${pro}，反对 ${contra}，最强的是像素 ${pixel}。`,
    for: "支持的像素",
    against: "反对的像素",
    biases: "各偏置",
    strongest: "最强的像素",
    place: (pixel: string, row: string, column: string) => `${pixel}（第 ${row} 行，第 ${column} 列）：`,
    caption: (attribution: ReactNode) => (
      <>这是一种{attribution}：梯度 × 输入。对 ReLU 网络，像素与偏置之和等于 logit。轮廓线是墨迹。</>
    ),
  },
  test: {
    title: "这个解释成立吗？",
    count: "移除的单元数",
    button: "检验",
    before: "移除解释所指的单元，再随机移除同样多的单元，看回答有什么变化。",
    noHidden: "这个网络没有隐藏层，没有可移除的单元。",
    of: (question: string) => question,
    holds: "解释成立。",
    fails: "解释不成立。",
    verdict: (atLeast: string, draws: string, p: string) =>
      `${draws} 次随机选择中有 ${atLeast} 次损失同样大或更大（p = ${p}）。`,
    old: "这是之前的结果，请再次检验。",
    label: (drop: string, mean: string) => `回答的损失：移除最强的单元为 ${drop}，随机移除平均为 ${mean}。`,
    axis: "移除单元后的损失；每个点是一次随机选择",
    strongest: (k: string) => `最强的 ${k} 个`,
    random: "随机",
    randomMean: (k: string) => `随机 ${k} 个，平均`,
    removed: "移除",
    nothing: "不移除",
    logit: "logit",
    difference: "差",
    drop: "损失",
    probability: "概率",
    lead: "领先",
    units: (units: string, active: string, available: string) =>
      `移除了：${units}。随机选择取自 ${available} 个单元中激活的 ${active} 个。`,
    caption: (ablation: ReactNode, draws: string) => (
      <>
        这是{ablation}：让单元输出 0 而不是激活值。因为移除任何东西都会有损失，所以又随机选取激活的单元重复 {draws} 次。
      </>
    ),
  },
  sees: {
    title: "网络看到的是什么",
    label: "左边是画板、裁剪框和质心，右边是交给网络的 28 × 28 像素和 20 × 20 的框。",
    pad: "画板",
    network: "网络：28 × 28",
    normalise: "按 MNIST 归一化",
    encoding: "像素编码",
    intensity: "灰度",
    binary: "二值",
    blank: "还什么都没画。",
    lit: (n: string) => `784 个输入中有 ${n} 个不为 0。`,
    crop: (width: string, height: string) => `从 280 × 280 裁剪为 ${width} × ${height}。`,
    how: (encoding: ReactNode) => (
      <>裁剪到有墨迹的部分，保持比例缩放到 20 × 20 之内，再把质心（十字）放到 MNIST 数字质心的位置，然后{encoding}。</>
    ),
    off: "没有归一化：画得小或画偏了，网络收到的就是那样，而它从没见过这样的数字。",
    isRow: "数据中的数字已经归一化。",
    isBinary: (threshold: string) => `二值：不小于 ${threshold} 的像素算作 1，其余算作 0。`,
    ownBinary: "这个网络用二值像素训练，会自己把像素变成二值。",
  },
  unroll: {
    title: "从图片到一列",
    stage: "展开的阶段",
    stages: { picture: "图片", row: "各行首尾相接", column: "排成一列" },
    label: "784 个像素和它们的位置。方向键可跟踪另一个像素。",
    where: (index: string, row: string, column: string) => `像素 ${index}：第 ${row} 行，第 ${column} 列`,
    rule: (row: string, column: string) => `第 ${row} 行，第 ${column} 列：`,
    caption: (inputLayer: ReactNode) => (
      <>分两步：先把各行首尾相接，再把这一长行竖起来，成为{inputLayer}。每个像素一路保持自己的编号。</>
    ),
  },
  tiles: {
    title: "隐藏单元",
    layer: "层",
    label: "每个单元一块权重图，下面是激活值。方向键在单元之间移动。",
    active: (k: string, n: string) => `${n} 个单元中有 ${k} 个激活。`,
    ofPixels: "一块图是该单元的 784 个权重，位置与像素相同。",
    ofUnits: (across: string) => `一块图是该单元对上一层各单元的权重，每行 ${across} 个。`,
    key: (weight: ReactNode, activation: ReactNode) => (
      <>
        蓝色表示{weight}大于 0，橙色表示小于 0。横条是{activation}；颜色淡的单元没有激活。
      </>
    ),
    unit: (unit: string, z: string, y: string) => `单元 ${unit}：加权和 ${z}，激活值 ${y}`,
    hover: "指向一块图可看数值；点按可在所有页面选中该单元。",
  },
  probes: {
    title: "隐藏层比像素知道得更多吗？",
    button: "测量",
    stop: "停止",
    before: "需要几秒钟。",
    running: (share: string) => `正在测量…… ${share}`,
    layer: "探针读取的内容",
    pixels: "像素",
    numbers: "个数",
    right: "正确率",
    bar: "正确的比例",
    more: (layer: string, points: string) => `${layer}比像素更能分清数字：正确率高出 ${points} 个百分点。`,
    less: "没有哪个隐藏层比像素更能分清数字。",
    measured: (training: string, validation: string, step: string) =>
      `用 ${training} 个训练数字拟合，用另外 ${validation} 个测量；每个探针都取对它最有利的正则强度。第 ${step} 步。`,
    caption: (features: ReactNode) => (
      <>
        线性探针是没有隐藏层的分类器，只读取某一层的输出。如果它在那里比在像素上答对得更多，说明该层含有更有用的
        {features}。
      </>
    ),
  },
};
