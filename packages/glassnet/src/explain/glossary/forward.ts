import type { Term } from "./term.ts";

/** From an example to its prediction. */
export const forwardTerms: readonly Term[] = [
  {
    id: "feature",
    name: { en: "feature", zh: "特征" },
    aliases: ["attribute", "variable", "input feature", "属性", "变量", "输入特征"],
    short: {
      en: "A number that describes one aspect of an example.",
      zh: "描述样本某一方面的一个数。",
    },
    text: {
      en: "Input features are what the data gives: a price, a pixel. Traditional learning is given further ones made by hand, such as the number of closed loops in a digit; a network forms its own in its hidden layers, because training rewards those that help. Whether a layer's features are more useful than the raw input can be measured, by training the same simple classifier on both. A picture of 28 × 28 pixels has 784 input features; a hidden layer of 30 neurons describes it by 30 learned ones.",
      zh: "输入特征是数据直接给出的：一个价格、一个像素。传统的学习方法还要靠人工设计特征，例如一个数字里有几个封闭的圈；神经网络则在隐藏层里自己形成特征，因为训练会奖励有帮助的特征。某一层的特征是否比原始输入更有用是可以测量的：用同一个简单分类器分别在两者上训练。28 × 28 像素的图片有 784 个输入特征；30 个神经元的隐藏层用 30 个学到的特征来描述它。",
    },
    profit: {
      en: "The price, the marketing spend, the season: the columns that the prediction is made from.",
      zh: "价格、营销投入、季节，也就是用来预测的那些列。",
    },
    game: {
      en: "The coordinates, or the differences between the goal's coordinates and the character's.",
      zh: "坐标，或者目标坐标与角色坐标之差。",
    },
    see: ["input-layer", "encoding", "hidden-layer"],
  },
  {
    id: "encoding",
    name: { en: "encoding", zh: "编码" },
    aliases: [
      "input encoding",
      "binary encoding",
      "intensity encoding",
      "binary",
      "intensity",
      "preprocessing",
      "输入编码",
      "二值编码",
      "强度编码",
      "二值",
      "强度",
      "灰度",
      "二值化",
      "预处理",
    ],
    short: {
      en: "The rule that turns stored data into the numbers that the input neurons hold.",
      zh: "把存储的数据变成输入神经元数值的规则。",
    },
    text: {
      en: "A grey pixel is stored as a byte from 0 (black) to 255 (white). The intensity encoding divides it by 255 and so keeps every shade; the binary encoding keeps only black or white, 0 below 128 and 1 from 128 on. The byte 204 becomes 0.8 by intensity and 1 in binary; the byte 51 becomes 0.2 and 0. A model must be used with the encoding it was trained with, so it is saved with the model.",
      zh: "灰度像素存为 0（黑）到 255（白）之间的一个字节。强度编码把它除以 255，保留所有灰度；二值编码只留黑白：小于 128 记 0，128 及以上记 1。字节 204 用强度编码是 0.8，用二值编码是 1；字节 51 则分别是 0.2 和 0。模型必须使用训练时的编码，所以编码与模型一同保存。",
    },
    formula: {
      en: "intensity: byte / 255; binary: 1 if byte >= 128, else 0",
      zh: "灰度：字节 / 255；二值：字节 >= 128 取 1，否则取 0",
    },
    profit: {
      en: "The season is not a number: it enters as one input per season, 1 for the present season and 0 for the others.",
      zh: "季节不是数：为每个季节设一个输入，当前季节为 1，其余为 0。",
    },
    game: {
      en: "The position may enter as coordinates, or as the difference to the goal; the same plane, described in two ways.",
      zh: "位置可以用坐标输入，也可以用与目标之差输入：同一个平面，两种描述。",
    },
    see: ["input-layer", "feature"],
  },
  {
    id: "weighted-sum",
    name: { en: "weighted sum", zh: "加权和" },
    aliases: ["pre-activation", "z", "net input", "加权求和", "净输入", "预激活值"],
    short: {
      en: "What a neuron computes before its activation: every input times its weight, added up, plus the bias.",
      zh: "神经元在激活之前的计算结果：每个输入乘以权重后相加，再加偏置。",
    },
    text: {
      en: "The weighted sum is written z. Its terms w_i x_i show how much each input contributes, and the bias is one more term, the weight of an input that is always 1. With inputs 1 and 0.5, weights 2 and -3 and bias 1, the terms are 2, -1.5 and 1, and z = 1.5. The activation is then applied to z.",
      zh: "加权和记作 z。各项 w_i x_i 表示每个输入贡献了多少，偏置也是其中一项，即恒为 1 的输入的权重。输入为 1 和 0.5、权重为 2 和 -3、偏置为 1 时，各项是 2、-1.5 和 1，z = 1.5。然后再对 z 使用激活函数。",
    },
    formula: "z = w_1 x_1 + ... + w_n x_n + b",
    profit: {
      en: "With price 10 and weight -2, marketing spend 20 and weight 3, and a season bias of 15: -20 + 60 + 15 = 55.",
      zh: "价格 10、权重 -2，营销投入 20、权重 3，季节偏置 15：-20 + 60 + 15 = 55。",
    },
    game: {
      en: "In a policy network, how strongly the present position speaks for one neuron's condition.",
      zh: "在策略网络中，它表示当前位置在多大程度上符合某个神经元所代表的条件。",
    },
    see: ["contribution", "activation", "bias", "logits"],
  },
  {
    id: "activation",
    name: { en: "activation", zh: "激活函数" },
    aliases: ["activation function", "nonlinearity", "transfer function", "激活", "激活值", "非线性"],
    short: {
      en: "The function that turns a neuron's weighted sum into its output; also that output itself.",
      zh: "把神经元的加权和变成输出的函数；这个输出本身称为激活值。",
    },
    text: {
      en: "An activation function bends: without it, any number of layers would act like a single linear one. Common choices are the sigmoid, tanh and ReLU for hidden layers, and softmax for the outputs of a classifier. For the same sum z = 1.5 they differ: the sigmoid gives 0.818, tanh 0.905 and ReLU 1.5. Its slope matters as much as its value: backpropagation multiplies by it, and where it is near 0, little is learned.",
      zh: "激活函数带来弯曲：没有它，再多的层也只相当于一个线性层。常用的有隐藏层的 sigmoid、tanh 和 ReLU，以及分类器输出的 softmax。同样的 z = 1.5，结果各不相同：sigmoid 为 0.818，tanh 为 0.905，ReLU 为 1.5。它的斜率与它的值同样重要：反向传播要乘以斜率，斜率接近 0 的地方几乎学不到东西。",
    },
    formula: "y = f(z)",
    profit: {
      en: "It bends the relation between price and profit; only then is there a best price inside the range and not at its edge.",
      zh: "它使价格与利润的关系弯曲；只有这样，最优价格才会出现在区间内部，而不是边界上。",
    },
    game: {
      en: "It lets a policy network answer differently on the two sides of a wall.",
      zh: "它让策略网络在墙的两侧给出不同的回答。",
    },
    see: ["sigmoid", "tanh", "relu", "softmax", "weighted-sum"],
  },
  {
    id: "sigmoid",
    name: { en: "sigmoid", zh: "sigmoid 函数" },
    aliases: ["logistic function", "logistic", "sigmoid function", "S 型函数", "逻辑函数", "S 形函数"],
    short: {
      en: "The S-shaped activation that squeezes any number into the range between 0 and 1.",
      zh: "把任意数压缩到 0 与 1 之间的 S 形激活函数。",
    },
    text: {
      en: "The sigmoid of z is 1 / (1 + e^-z): 0.5 at z = 0, close to 1 for large z and close to 0 for very negative z. At z = 1.5 it is 0.818. Where its value is s, its slope is s (1 - s): at 1.5 that is 0.149, and nowhere more than 0.25. Far from 0 it is almost flat, so gradients shrink on the way back through many sigmoid layers.",
      zh: "z 的 sigmoid 是 1 / (1 + e^-z)：z = 0 时为 0.5，z 很大时接近 1，z 很负时接近 0。z = 1.5 时为 0.818。值为 s 处的斜率是 s (1 - s)：在 1.5 处为 0.149，任何地方都不超过 0.25。离 0 较远时它几乎是平的，所以梯度往回穿过许多 sigmoid 层时会越来越小。",
    },
    formula: "sigmoid(z) = 1 / (1 + e^-z)",
    profit: {
      en: "It describes what saturates: the first marketing spend helps a lot, later spend ever less.",
      zh: "它适合描述饱和：最初的营销投入效果明显，之后越来越小。",
    },
    game: {
      en: "It can give a policy network's probability of a yes-or-no decision, such as whether to jump.",
      zh: "它可以给出策略网络对“是或否”决定的概率，例如要不要跳。",
    },
    see: ["activation", "tanh", "softmax"],
  },
  {
    id: "tanh",
    name: { en: "tanh", zh: "tanh（双曲正切）" },
    aliases: ["hyperbolic tangent", "双曲正切", "双曲正切函数"],
    short: {
      en: "An S-shaped activation with values between -1 and 1.",
      zh: "取值在 -1 与 1 之间的 S 形激活函数。",
    },
    text: {
      en: "tanh is a stretched and shifted sigmoid: tanh(z) = 2 sigmoid(2 z) - 1. It is 0 at 0 and symmetric about it, so its outputs are centred on 0. At z = 1.5 it is 0.905. Where its value is t, its slope is 1 - t^2: 1 at z = 0 and 0.181 at z = 1.5.",
      zh: "tanh 是拉伸并平移后的 sigmoid：tanh(z) = 2 sigmoid(2 z) - 1。它在 0 处为 0，并关于原点对称，所以输出以 0 为中心。z = 1.5 时为 0.905。值为 t 处的斜率是 1 - t^2：z = 0 处为 1，z = 1.5 处为 0.181。",
    },
    formula: "tanh(z) = (e^z - e^-z) / (e^z + e^-z)",
    profit: {
      en: "An effect with a limit on both sides: a price far above or far below the usual one changes little more.",
      zh: "两侧都有上限的影响：价格高出或低于常价很多之后，再变也影响不大。",
    },
    game: {
      en: "It keeps a policy network's step along each axis between -1 and 1.",
      zh: "它让策略网络沿每个坐标轴的一步保持在 -1 与 1 之间。",
    },
    see: ["activation", "sigmoid", "relu"],
  },
  {
    id: "relu",
    name: { en: "ReLU", zh: "ReLU（修正线性单元）" },
    aliases: [
      "rectified linear unit",
      "rectifier",
      "leaky ReLU",
      "ELU",
      "GELU",
      "SiLU",
      "swish",
      "softplus",
      "修正线性单元",
      "线性整流函数",
    ],
    short: {
      en: "The activation that passes positive sums unchanged and turns negative ones into 0.",
      zh: "正数原样通过、负数变为 0 的激活函数。",
    },
    text: {
      en: "ReLU is max(0, z): at z = 1.5 it gives 1.5, at z = -1.5 it gives 0. Its slope is 1 for positive z and 0 for negative z; at 0 itself there is no slope and libraries choose one, usually 0. It is cheap and does not shrink the gradients of active neurons, which made deep networks practical. Its price is that a neuron may end up at 0 for every example: a dead neuron. Leaky ReLU, ELU, GELU, SiLU and softplus resemble it but keep some slope for negative sums: leaky ReLU with slope 0.01 gives -0.015 at z = -1.5.",
      zh: "ReLU 就是 max(0, z)：z = 1.5 时为 1.5，z = -1.5 时为 0。z 为正时斜率为 1，为负时斜率为 0；在 0 这一点没有斜率，程序库自行规定，通常取 0。它计算便宜，而且不会缩小活跃神经元的梯度，深层网络因此变得可行。代价是神经元可能对所有样本都输出 0，成为死亡神经元。Leaky ReLU、ELU、GELU、SiLU 和 softplus 与它相似，但对负的和也保留一些斜率：斜率为 0.01 的 leaky ReLU 在 z = -1.5 时为 -0.015。",
    },
    formula: "ReLU(z) = max(0, z)",
    profit: {
      en: "An effect that starts at a threshold: overtime costs nothing until a certain output, then grows in a straight line.",
      zh: "过了门槛才开始的影响：产量未到某个值时没有加班费，之后按直线增长。",
    },
    game: {
      en: "In a policy network, a neuron that answers only on one side of a line across the plane, ever more strongly away from it.",
      zh: "在策略网络中，神经元只在平面上某条直线的一侧有响应，离线越远响应越强。",
    },
    see: ["activation", "dead-neuron", "initialisation"],
  },
  {
    id: "dead-neuron",
    name: { en: "dead neuron", zh: "死亡神经元" },
    aliases: ["dead unit", "dead ReLU", "dying ReLU", "神经元死亡", "死神经元", "死亡 ReLU"],
    short: {
      en: "A ReLU neuron whose output is 0 for every example, so that it no longer learns.",
      zh: "对所有样本都输出 0、因而不再学习的 ReLU 神经元。",
    },
    text: {
      en: "Where ReLU gives 0 for a negative sum, its slope is 0 too, so no gradient reaches the neuron's weights. As long as that holds for every example, no step of plain gradient descent changes them. For inputs between 0 and 1, a neuron with weights 2 and -3 and bias -6 has at most the sum 2 - 6 = -4: it is dead. A learning rate that is too large is a common cause; leaky ReLU, which keeps a small slope below 0, is one remedy.",
      zh: "加权和为负时 ReLU 输出 0，斜率也是 0，梯度到不了这个神经元的权重。只要对每个样本都如此，普通梯度下降的任何一步都不会改变它们。输入在 0 到 1 之间时，权重为 2 和 -3、偏置为 -6 的神经元，总和最大也只有 2 - 6 = -4：它已经死亡。学习率过大是常见原因；在 0 以下保留小斜率的 leaky ReLU 是一种补救办法。",
    },
    profit: {
      en: "A neuron that adds nothing at any price, spend or season in the table; the model has less to work with than it seems.",
      zh: "在表中任何价格、投入和季节下都不起作用的神经元，模型实际可用的部件比看上去少。",
    },
    game: {
      en: "A neuron of the policy network that is silent everywhere on the plane.",
      zh: "策略网络中在整个平面上都没有响应的神经元。",
    },
    see: ["relu", "learning-rate", "initialisation"],
  },
  {
    id: "logits",
    name: { en: "logits", zh: "logits（原始得分）" },
    aliases: ["logit", "score", "raw score", "原始得分", "未归一化得分", "对数几率"],
    short: {
      en: "The sums of the output neurons before softmax turns them into probabilities.",
      zh: "输出神经元在 softmax 之前的加权和。",
    },
    text: {
      en: "A logit may be any number; only differences between logits count, for adding the same number to all of them leaves the probabilities as they are. The difference of two logits is the natural logarithm of the ratio of their probabilities. Logits 2, 1 and 0 give the probabilities 0.665, 0.245 and 0.090; the first two differ by 1, and 0.665 / 0.245 is about e = 2.718. Losses are computed from logits and not from probabilities because that is numerically safer.",
      zh: "logit 可以是任意数；只有它们之间的差才重要，因为给所有 logit 加上同一个数，概率不变。两个 logit 之差等于对应概率之比的自然对数。logits 为 2、1、0 时，概率为 0.665、0.245、0.090；前两个相差 1，而 0.665 / 0.245 约等于 e = 2.718。损失直接由 logits 而不是由概率计算，因为这样数值上更安全。",
    },
    profit: {
      en: "If the question is “profit or loss?” and not “how much?”, the logit is the score for “profit” before it becomes a probability.",
      zh: "如果问的是“盈利还是亏损”而不是“多少”，logit 就是“盈利”的得分，之后才变成概率。",
    },
    game: {
      en: "If a policy network chooses among moves, the score of each move before it becomes a probability.",
      zh: "如果策略网络在几种走法中选择，它就是每种走法在变成概率之前的得分。",
    },
    see: ["softmax", "evidence", "output-layer", "cross-entropy"],
  },
  {
    id: "softmax",
    name: { en: "softmax", zh: "softmax 函数" },
    aliases: ["softmax function", "normalised exponential", "归一化指数函数", "柔性最大值"],
    short: {
      en: "The function that turns a list of numbers into probabilities: all positive, adding up to 1.",
      zh: "把一组数变成概率的函数：全为正，总和为 1。",
    },
    text: {
      en: "Softmax raises e to each number and divides by the sum of these powers. The logits 2, 1 and 0 become 7.389, 2.718 and 1, whose sum is 11.107, so the probabilities are 0.665, 0.245 and 0.090. The order is kept, and the largest logit gets the largest probability. Unlike other activations it looks at all outputs at once: raising one lowers the others.",
      zh: "softmax 对每个数取以 e 为底的指数，再除以这些指数之和。logits 2、1、0 变成 7.389、2.718、1，总和为 11.107，于是概率为 0.665、0.245、0.090。大小顺序保持不变，最大的 logit 得到最大的概率。与其他激活函数不同，它同时看所有输出：一个升高，其余就降低。",
    },
    formula: "p_k = e^z_k / (e^z_1 + ... + e^z_n)",
    profit: {
      en: "Not needed for an amount; it would serve to choose one of several price plans.",
      zh: "预测金额用不着它；若要在几种定价方案中选一种，它就派上用场。",
    },
    game: {
      en: "It turns the scores of the possible moves into the probabilities with which each is chosen.",
      zh: "它把各种走法的得分变成选择每种走法的概率。",
    },
    see: ["logits", "probability", "cross-entropy", "activation"],
  },
  {
    id: "probability",
    name: { en: "probability", zh: "概率" },
    aliases: ["confidence", "class probability", "置信度", "类别概率"],
    short: {
      en: "A number between 0 and 1 that says how sure the network is of a class.",
      zh: "0 到 1 之间的一个数，表示网络对某个类别有多大把握。",
    },
    text: {
      en: "The ten outputs of a digit network hold one probability each, and they add up to 1: for three classes, for example, 0.665 + 0.245 + 0.090 = 1. It is the network's own estimate and can be wrong; a network is called calibrated if such estimates hold on average, so that about nine in ten of the answers given with 0.9 are right. A picture that shows no digit at all still gets ten probabilities that add up to 1.",
      zh: "数字网络的十个输出各是一个概率，加起来等于 1；以三个类别为例，0.665 + 0.245 + 0.090 = 1。它是网络自己的估计，可能出错；如果这类估计平均而言站得住，例如概率为 0.9 的回答大约十个有九个正确，就说网络是校准良好的。即使图片里根本没有数字，网络仍会给出十个相加为 1 的概率。",
    },
    profit: {
      en: "A model that predicts an amount gives none; asked “will there be a profit?”, the answer would be a probability.",
      zh: "预测金额的模型不给出概率；若问“会不会盈利”，答案就是一个概率。",
    },
    game: {
      en: "How likely the policy network is to choose each move from this place.",
      zh: "策略网络在这个位置选择每种走法的可能性。",
    },
    see: ["softmax", "prediction", "cross-entropy"],
  },
  {
    id: "prediction",
    name: { en: "prediction", zh: "预测" },
    aliases: ["predict", "output class", "argmax", "inference", "预测值", "推理", "预测结果"],
    short: {
      en: "The network's answer for one example: the class with the highest probability, or a number.",
      zh: "网络对一个样本的回答：概率最高的类别，或者一个数值。",
    },
    text: {
      en: "For classes, the prediction is the position of the largest output (argmax). With probabilities 0.665, 0.245 and 0.090 for the classes 0, 1 and 2, the prediction is class 0. For a real value it is the output itself, such as a profit of 55. Softmax keeps the order, so the largest logit gives the same prediction.",
      zh: "对于分类，预测就是最大输出所在的位置（argmax）。类别 0、1、2 的概率为 0.665、0.245、0.090 时，预测为类别 0。对于实数，预测就是输出本身，例如利润 55。softmax 不改变大小顺序，所以取最大的 logit 会得到同样的预测。",
    },
    profit: {
      en: "The predicted profit, set beside the actual one in each row of the table.",
      zh: "预测的利润，在表的每一行里与实际利润并列。",
    },
    game: {
      en: "The next step that the method proposes from where the character stands.",
      zh: "从角色当前位置出发，方法建议的下一步。",
    },
    see: ["probability", "accuracy", "loss", "output-layer"],
  },
  {
    id: "forward-propagation",
    name: { en: "forward propagation", zh: "前向传播" },
    aliases: ["forward pass", "forward", "feedforward", "正向传播", "前馈", "前向计算"],
    short: {
      en: "The computation of the output from the input, layer by layer.",
      zh: "从输入出发，一层一层算出输出。",
    },
    text: {
      en: "Each layer receives the values of the layer before it, forms its weighted sums and applies its activation; the last layer's values are the output. A tiny example: the input 2 enters a hidden ReLU neuron with weight 1.5 and bias -1, which gives 1.5 × 2 - 1 = 2; an output neuron with weight 3 and bias 0.5 turns it into 3 × 2 + 0.5 = 6.5. All values on the way are kept in training, since backpropagation needs them.",
      zh: "每一层接收上一层的值，求加权和，再使用激活函数；最后一层的值就是输出。举个小例子：输入 2 进入权重 1.5、偏置 -1 的隐藏 ReLU 神经元，得到 1.5 × 2 - 1 = 2；权重 3、偏置 0.5 的输出神经元再把它变成 3 × 2 + 0.5 = 6.5。训练时要保留途中所有的值，因为反向传播需要它们。",
    },
    formula: "h = f(W_1 x + b_1), y = g(W_2 h + b_2)",
    profit: {
      en: "From price, marketing spend and season to the predicted profit.",
      zh: "从价格、营销投入和季节算到预测利润。",
    },
    game: {
      en: "From the position to the move; in plain descent, from the position to the distance.",
      zh: "从位置算到走法；直接下降时，从位置算到距离。",
    },
    see: ["weighted-sum", "activation", "backpropagation", "prediction"],
  },
  {
    id: "floating-point-operation",
    name: { en: "floating-point operation", zh: "浮点运算" },
    aliases: ["FLOP", "FLOPs", "浮点运算次数", "计算量"],
    short: {
      en: "One addition or multiplication of two numbers with decimals: the unit in which computing effort is counted.",
      zh: "两个小数之间的一次加法或乘法，是计算量的单位。",
    },
    text: {
      en: "A weighted sum takes one multiplication and one addition for each input, if adding the bias is counted as well. A neuron with 784 inputs takes 2 * 784 = 1,568 operations, and a layer of 128 such neurons 200,704. Training takes about 3 times as many for each example as prediction, because backpropagation does roughly the work of two forward passes. The count does not depend on the machine; the time does.",
      zh: "若把加上偏置也算在内，加权和的每个输入需要一次乘法和一次加法。有 784 个输入的神经元需要 2 * 784 = 1,568 次运算，128 个这样的神经元组成的层需要 200,704 次。训练时每个样本的运算量约为预测的 3 倍，因为反向传播的工作量大致相当于两次前向传播。运算次数与机器无关，所用的时间才与机器有关。",
    },
    formula: {
      en: "operations of a layer = 2 * inputs * neurons",
      zh: "一层的运算次数 = 2 * 输入数 * 神经元数",
    },
    profit: {
      en: "Three columns and one neuron need 6 of them for each month.",
      zh: "三列数据、一个神经元，每个月需要 6 次。",
    },
    game: {
      en: "What one look at the plane costs before the character takes its step.",
      zh: "角色迈出一步之前，看一次平面所需的计算。",
    },
    see: ["weighted-sum", "forward-propagation", "parameter"],
  },
];
