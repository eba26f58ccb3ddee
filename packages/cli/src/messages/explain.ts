const en = {
  neuron: {
    head: (layer: number, unit: number, count: number) =>
      `Layer ${layer}, neuron ${unit}: the weighted sum of its ${count} inputs`,
    pixel: (row: number, column: number, index: number) => `pixel ${index} (row ${row}, column ${column})`,
    unit: (layer: number, unit: number) => `layer ${layer}, neuron ${unit}`,
    input: "input",
    weight: "weight",
    value: "value",
    product: "product",
    rest: (count: number) => `${count} smaller terms`,
    zeros: (count: number) => `${count} terms of 0 (input or weight is 0)`,
    total: "Σ of all products",
    bias: "bias, an input fixed at 1",
    agreement: (z: string, gap: string, bound: string, isWithin: boolean) =>
      `The library computed ${z}; the difference ${gap} is ${isWithin ? "within" : "NOT within"} what rounding allows, ${bound}.`,
    activation: (name: string, z: string, value: string) => `y = ${name}(z) = ${name}(${z}) = ${value}`,
  },
  evidence: {
    head: (name: string) => `Why ${name}: what adds to its score and what takes from it`,
    versus: (name: string, other: string) => `Why ${name} and not ${other}: the difference of the two scores`,
    for: "for",
    against: "against",
    more: (count: number) => `${count} more`,
    sum: (parts: { for: string; against: string; bias: string; sum: string; meaning: string }) =>
      `for ${parts.for}, against ${parts.against}, bias ${parts.bias}: together ${parts.sum}, ${parts.meaning}.`,
    meanings: {
      difference: "the difference of the scores",
      logit: "the score before it becomes a probability",
      beforeSigmoid: "the sum before the sigmoid",
      output: "the weighted sum of the output",
    },
  },
  pixels: {
    head: (method: string, name: string, versus: string | undefined) =>
      versus === undefined
        ? `Which pixels speak for ${name}, by ${method}`
        : `Which pixels speak for ${name} and not for ${versus}, by ${method}`,
    methods: {
      "gradient-x-input": "gradient × input",
      "integrated-gradients": "integrated gradients",
      occlusion: "occlusion",
    },
    key: "two pixels a character: # and + speak for it, = and - against it",
    score: (value: string, isDifference: boolean) =>
      isDifference ? `the difference of the two scores is ${value}` : `the score is ${value}`,
    complete: (parts: {
      total: string;
      score: string;
      blank: string;
      difference: string;
      missed: string;
      steps: string;
    }) =>
      `all pixels together ${parts.total}; ${parts.score}, of a blank picture ${parts.blank}. The difference, ${parts.difference}, is missed by ${parts.missed} with ${parts.steps} points.`,
    covered: (score: string) =>
      `each pixel: what is lost if that pixel alone is made black; ${score}. Pixels that stand in for each other hide one another, so the sum says nothing.`,
    slopes: (parts: { total: string; score: string; rest: string }) =>
      `all pixels together ${parts.total}; ${parts.score}. What is missing, ${parts.rest}, comes from the biases, and from where the network bends.`,
  },
  noSuchLayer: (given: string, known: string) => `--unit ${given}: no such linear layer; this model has ${known}`,
  badUnit: (given: string) => `--unit ${given}: expected LAYER:UNIT, such as 1:17`,
  noSuchUnit: (given: string, last: number) => `--unit ${given}: the layer has neurons 0 to ${last}`,
  noSuchClass: (flag: string, given: string, last: number) => `${flag} ${given}: the model has classes 0 to ${last}`,
  sameClass: (given: string) => `--versus ${given}: that is the class itself`,
  backprop: {
    head: "Backpropagation, with the real numbers of this digit",
    forward: "1. Forward",
    input: (count: string, alive: string) => `input: ${count} numbers, ${alive} of them not 0`,
    layer: (path: string, title: string, values: string) => `${path}  ${title}: ${values}`,
    loss: "2. Loss",
    crossEntropy: (parts: { label: string; p: string; loss: string; library: string }) =>
      `−log p(${parts.label}) = −log ${parts.p} = ${parts.loss} (library: ${parts.library})`,
    squared: (loss: string) => `the mean of (output − target)² over the ten outputs = ${loss}`,
    backward: "3. Backward",
    outputs: "How the loss changes with each output's weighted sum: δ = p − y.",
    outputsSquared: "How the loss changes with each output's weighted sum: δ = (2/10) (s − y) s (1 − s).",
    columns: { class: "class", p: "p", s: "s", y: "y", delta: "δ by hand", library: "δ of the library" },
    hidden: (number: number, path: string, alive: string, count: string) =>
      `layer ${number} (${path}): ${alive} of ${count} neurons have a δ that is not 0; the largest are`,
    neuron: (unit: number, delta: string) => `neuron ${unit}: δ = ${delta}`,
    weight: (parts: { unit: number; input: string; delta: string; value: string; product: string; library: string }) =>
      `a weight's gradient is δ times its input: neuron ${parts.unit}, input ${parts.input}: ${parts.delta} × ${parts.value} = ${parts.product} (library: ${parts.library})`,
    gradients: "4. One gradient for each weight and bias",
    gradientColumns: { name: "parameter", size: "gradients", alive: "not 0", norm: "norm", largest: "largest" },
    check: "5. Every gradient checked: the weight is moved a little up and down, and the loss is computed anew",
    checking: (done: string, total: string) => `checking gradients: ${done} of ${total}`,
    checkColumns: {
      name: "parameter",
      size: "gradients",
      compared: "one by one",
      zeros: "zeros",
      error: "max error",
      digits: "agreeing figures",
    },
    verdict: (count: string, error: string) =>
      `All ${count} gradients agree with finite differences; the largest relative error is ${error}.`,
    zeros: "zeros: gradients of exactly 0, moved all together in random directions; the loss must not change.",
    tiny: "Fewer figures agree here because the network is so sure: its gradients are tiny, and the rounding of the loss hides their last figures.",
    mismatch: (path: string, error: string) =>
      `${path} does NOT agree with finite differences: relative error ${error}`,
  },
  term: {
    listHead: "The terms; `glassnet explain TERM` explains one",
    unknown: (query: string) => `there is no term "${query}"`,
    didYouMean: (names: string) => `did you mean ${names}?`,
    seeList: "`glassnet explain` lists the terms; a model is explained with `glassnet explain MODEL --index N`",
    formula: "Formula",
    also: (alias: string) => `also: ${alias}`,
    profit: "In the example of a company's profit",
    game: "In the example of a character looking for its way",
    see: "See also",
  },
};

export type Explain = typeof en;

const zh: Explain = {
  neuron: {
    head: (layer, unit, count) => `第 ${layer} 层 ${unit} 号神经元：${count} 个输入的加权和`,
    pixel: (row, column, index) => `像素 ${index}（第 ${row} 行第 ${column} 列）`,
    unit: (layer, unit) => `第 ${layer} 层 ${unit} 号神经元`,
    input: "输入",
    weight: "权重",
    value: "取值",
    product: "乘积",
    rest: (count) => `其余 ${count} 个较小的项`,
    zeros: (count) => `${count} 个为零的项（输入或权重为 0）`,
    total: "全部乘积之和 Σ",
    bias: "偏置（恒为 1 的输入）",
    agreement: (z, gap, bound, isWithin) =>
      `库算出的值是 ${z}，相差 ${gap}，${isWithin ? "在" : "超出了"}舍入误差允许的 ${bound} ${isWithin ? "以内" : "！"}。`,
    activation: (name, z, value) => `y = ${name}(z) = ${name}(${z}) = ${value}`,
  },
  evidence: {
    head: (name) => `为什么是 ${name}：哪些使它的得分升高，哪些使它降低`,
    versus: (name, other) => `为什么是 ${name} 而不是 ${other}：两者得分之差`,
    for: "支持",
    against: "反对",
    more: (count) => `其余 ${count} 项`,
    sum: ({ for: plus, against, bias, sum, meaning }) =>
      `支持 ${plus}，反对 ${against}，偏置 ${bias}，合计 ${sum}，就是${meaning}。`,
    meanings: {
      difference: "两个得分之差",
      logit: "变成概率之前的得分",
      beforeSigmoid: "经过 sigmoid 之前的加权和",
      output: "这个输出的加权和",
    },
  },
  pixels: {
    head: (method, name, versus) =>
      versus === undefined ? `哪些像素支持 ${name}（${method}）` : `哪些像素支持 ${name} 而不是 ${versus}（${method}）`,
    methods: { "gradient-x-input": "梯度乘输入", "integrated-gradients": "积分梯度", occlusion: "遮挡法" },
    key: "每个字符代表上下两个像素：# 和 + 支持，= 和 - 反对",
    score: (value, isDifference) => (isDifference ? `两个得分之差是 ${value}` : `得分是 ${value}`),
    complete: ({ total, score, blank, difference, missed, steps }) =>
      `全部像素合计 ${total}；${score}，空白图片是 ${blank}，相差 ${difference}：取 ${steps} 个点，误差 ${missed}。`,
    covered: (score) =>
      `每个像素的数：只把这个像素变黑时减少多少；${score}。能互相替代的像素会彼此掩盖，所以它们的和没有意义。`,
    slopes: ({ total, score, rest }) =>
      `全部像素合计 ${total}；${score}。所差的 ${rest} 来自偏置，以及网络弯折的地方。`,
  },
  noSuchLayer: (given, known) => `--unit ${given}：没有这个线性层，模型有 ${known}`,
  badUnit: (given) => `--unit ${given}：应写成 LAYER:UNIT，如 1:17（第 1 层的 17 号神经元）`,
  noSuchUnit: (given, last) => `--unit ${given}：该层的神经元编号是 0 到 ${last}`,
  noSuchClass: (flag, given, last) => `${flag} ${given}：模型的类别是 0 到 ${last}`,
  sameClass: (given) => `--versus ${given}：这就是要解释的类别本身`,
  backprop: {
    head: "反向传播：用这个数字的真实数值",
    forward: "1. 前向",
    input: (count, alive) => `输入：${count} 个数，其中 ${alive} 个不为 0`,
    layer: (path, title, values) => `${path}  ${title}：${values}`,
    loss: "2. 损失",
    crossEntropy: ({ label, p, loss, library }) => `−log p(${label}) = −log ${p} = ${loss}（库：${library}）`,
    squared: (loss) => `十个输出的 (输出 − 目标)² 的平均 = ${loss}`,
    backward: "3. 反向",
    outputs: "损失随每个输出的加权和怎样变化：δ = p − y。",
    outputsSquared: "损失随每个输出的加权和怎样变化：δ = (2/10) (s − y) s (1 − s)。",
    columns: { class: "类别", p: "p", s: "s", y: "y", delta: "手算的 δ", library: "库算的 δ" },
    hidden: (number, path, alive, count) =>
      `第 ${number} 层（${path}）：${count} 个神经元中 ${alive} 个的 δ 不为 0，最大的是`,
    neuron: (unit, delta) => `${unit} 号神经元：δ = ${delta}`,
    weight: ({ unit, input, delta, value, product, library }) =>
      `权重的梯度等于 δ 乘以它的输入：${unit} 号神经元，输入取${input}：${delta} × ${value} = ${product}（库：${library}）`,
    gradients: "4. 每个权重和偏置各有一个梯度",
    gradientColumns: { name: "参数", size: "梯度个数", alive: "不为 0", norm: "范数", largest: "最大" },
    check: "5. 检验每个梯度：把权重略微调大、调小，重新计算损失",
    checking: (done, total) => `正在检验梯度：${done}/${total}`,
    checkColumns: {
      name: "参数",
      size: "梯度个数",
      compared: "逐个比较",
      zeros: "零梯度",
      error: "最大误差",
      digits: "一致的位数",
    },
    verdict: (count, error) => `全部 ${count} 个梯度都与有限差分一致，最大相对误差 ${error}。`,
    zeros: "零梯度：恰好为 0 的梯度，对应的参数沿随机方向一起移动，损失必须不变。",
    tiny: "这里一致的位数较少，是因为网络非常有把握：梯度极小，损失的舍入误差掩盖了它们的末几位数字。",
    mismatch: (path, error) => `${path} 与有限差分不一致：相对误差 ${error}`,
  },
  term: {
    listHead: "全部术语；`glassnet explain 术语` 给出解释",
    unknown: (query) => `没有术语“${query}”`,
    didYouMean: (names) => `是不是要找 ${names}？`,
    seeList: "`glassnet explain` 列出全部术语；解释模型请用 `glassnet explain MODEL --index N`",
    formula: "公式",
    also: (alias) => `即：${alias}`,
    profit: "以预测公司利润为例",
    game: "以角色寻路为例",
    see: "参见",
  },
};

export const explain = { en, zh };
