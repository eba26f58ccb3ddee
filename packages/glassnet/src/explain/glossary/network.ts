import type { Term } from "./term.ts";

/** What a network is made of. */
export const networkTerms: readonly Term[] = [
  {
    id: "neural-network",
    name: { en: "neural network", zh: "神经网络" },
    aliases: [
      "network",
      "artificial neural network",
      "ANN",
      "MLP",
      "multilayer perceptron",
      "人工神经网络",
      "网络",
      "多层感知机",
    ],
    short: {
      en: "Layers of simple artificial neurons whose connections are adjusted by data until the outputs fit.",
      zh: "由一层层简单的人工神经元组成，用数据不断调整连接，直到输出符合要求。",
    },
    text: {
      en: "A neural network is a function built from layers: each layer multiplies its inputs by weights, adds a bias and bends the result with an activation. The idea was borrowed from the brain, where connections between nerve cells grow stronger or weaker with use; an artificial network is far simpler than that. Nobody writes its rules: they are the values of its weights and biases, found by training. A network 784-30-10 takes 784 numbers, passes them through 30 hidden neurons and gives 10 outputs; it has 784 × 30 + 30 + 30 × 10 + 10 = 23,860 adjustable numbers.",
      zh: "神经网络是由若干层组成的函数：每一层把输入乘以权重、加上偏置，再用激活函数把结果“弯曲”。这个想法借鉴了大脑：神经细胞之间的连接会随使用而增强或减弱；人工网络要简单得多。网络的规则不是人写出来的，而是训练得到的权重和偏置的取值。784-30-10 的网络接收 784 个数，经过 30 个隐藏神经元，给出 10 个输出；它共有 784 × 30 + 30 + 30 × 10 + 10 = 23,860 个可调的数。",
    },
    profit: {
      en: "The function that turns price, marketing spend and season into a predicted profit.",
      zh: "把价格、营销投入和季节变成预测利润的那个函数。",
    },
    game: {
      en: "Plain descent on the position needs no network; a small policy network can learn to answer every position with a move.",
      zh: "直接对位置做梯度下降并不需要网络；一个小型策略网络则可以学会在任何位置给出下一步走法。",
    },
    see: ["neuron", "layer", "training", "parameter"],
  },
  {
    id: "neuron",
    name: { en: "neuron", zh: "神经元" },
    aliases: ["unit", "node", "artificial neuron", "人工神经元", "单元", "节点"],
    short: {
      en: "The smallest part of a network: it weighs its inputs, adds a bias and applies an activation.",
      zh: "网络中最小的部件：对输入加权求和，加上偏置，再经过激活函数。",
    },
    text: {
      en: "A neuron receives numbers x_1 to x_n, multiplies each by a weight, adds up the products and its bias, and passes the sum z through its activation f. Its output y = f(z) is one number, which the neurons of the next layer receive. With inputs 1 and 0.5, weights 2 and -3 and bias 1, the sum is 2 × 1 - 3 × 0.5 + 1 = 1.5; with the sigmoid the output is 0.818. The neurons of an input layer do not compute: they only hold the input values.",
      zh: "神经元接收 x_1 到 x_n 这些数，分别乘以权重，把乘积与偏置相加得到 z，再把 z 送入激活函数 f。输出 y = f(z) 是一个数，交给下一层的神经元。若输入为 1 和 0.5，权重为 2 和 -3，偏置为 1，则和为 2 × 1 - 3 × 0.5 + 1 = 1.5；用 sigmoid 时输出为 0.818。输入层的神经元不做计算，只存放输入值。",
    },
    formula: "y = f(w_1 x_1 + ... + w_n x_n + b)",
    profit: {
      en: "A single neuron without a bend in its activation is already a model: a weight for price, a weight for marketing spend, and a bias.",
      zh: "一个激活函数不弯曲的神经元本身就是一个模型：价格一个权重，营销投入一个权重，再加一个偏置。",
    },
    game: {
      en: "In a policy network, a hidden neuron may come to answer strongly when, say, the goal lies to the right.",
      zh: "在策略网络中，某个隐藏神经元可能会学成：比如目标在右边时，它的响应就很强。",
    },
    see: ["weighted-sum", "activation", "weight", "bias", "layer"],
  },
  {
    id: "layer",
    name: { en: "layer", zh: "层" },
    aliases: ["fully connected layer", "dense layer", "linear layer", "全连接层", "网络层", "线性层"],
    short: {
      en: "A group of neurons that read the same inputs and work side by side.",
      zh: "一组读取相同输入、并行工作的神经元。",
    },
    text: {
      en: "The neurons of a fully connected layer all receive the whole output of the layer before; each has its own weights and its own bias. Written for the whole layer at once, y = f(W x + b): row n of the matrix W holds the weights of neuron n. A layer with 784 inputs and 128 neurons has 784 × 128 = 100,352 weights and 128 biases. Stacking layers composes functions: the second layer works on what the first has made of the input.",
      zh: "全连接层的每个神经元都接收上一层的全部输出，并各有自己的权重和偏置。整层一起写就是 y = f(W x + b)：矩阵 W 的第 n 行是神经元 n 的权重。784 个输入、128 个神经元的一层有 784 × 128 = 100,352 个权重和 128 个偏置。把层叠起来就是函数的复合：第二层处理的是第一层从输入中得到的结果。",
    },
    formula: "y = f(W x + b)",
    profit: {
      en: "A layer of 16 neurons looks at price, marketing spend and season in 16 different mixtures at once.",
      zh: "一层 16 个神经元，就是同时用 16 种不同的组合方式来看价格、营销投入和季节。",
    },
    game: {
      en: "The policy network's first layer reads where the character and the goal are; its last layer gives the move.",
      zh: "策略网络的第一层读入角色和目标的位置，最后一层给出走法。",
    },
    see: ["input-layer", "hidden-layer", "output-layer", "neuron"],
  },
  {
    id: "input-layer",
    name: { en: "input layer", zh: "输入层" },
    aliases: ["input", "input neuron", "inputs", "输入", "输入神经元"],
    short: {
      en: "The place where the numbers of one example enter; it computes nothing.",
      zh: "一个样本的各个数值进入网络的地方，它本身不做计算。",
    },
    text: {
      en: "The input layer has one neuron per input number. A picture of 28 × 28 pixels has its rows laid end to end and turned into one column of 28 × 28 = 784 inputs. Counted from 0, the pixel in row 3 and column 5 becomes input 3 × 28 + 5 = 89. The input layer has no weights: the first weights belong to the layer that reads it.",
      zh: "输入层的每个神经元对应一个输入数值。28 × 28 像素的图片把各行首尾相接，再竖成一列，就是 28 × 28 = 784 个输入。从 0 开始数，第 3 行第 5 列的像素就是第 3 × 28 + 5 = 89 号输入。输入层没有权重：第一批权重属于读取它的那一层。",
    },
    profit: {
      en: "One input for the price, one for the marketing spend, one or more for the season.",
      zh: "价格一个输入，营销投入一个输入，季节一个或几个输入。",
    },
    game: {
      en: "The coordinates: for plain descent the character's x and y, for a policy network also the goal's.",
      zh: "就是坐标：直接下降时是角色的 x 和 y，策略网络还要加上目标的坐标。",
    },
    see: ["feature", "encoding", "hidden-layer"],
  },
  {
    id: "hidden-layer",
    name: { en: "hidden layer", zh: "隐藏层" },
    aliases: ["hidden", "hidden neuron", "hidden unit", "隐含层", "隐层", "隐藏神经元"],
    short: {
      en: "A layer between input and output, whose neurons learn features useful for the task.",
      zh: "位于输入层和输出层之间的层，其神经元会学到对任务有用的特征。",
    },
    text: {
      en: "Hidden layers are called hidden because their values are neither given nor asked for: training decides what they mean. A network may have as many as you like. Without a non-linear activation they would add nothing: h = 2 a + 1 followed by 3 h - 4 is 6 a - 1, again one linear step. With one such as the sigmoid or ReLU, a single hidden layer of enough neurons can approximate any continuous function on a closed, bounded region as closely as wanted, although training need not find that approximation.",
      zh: "之所以叫“隐藏”，是因为它们的值既不是给定的，也不是要求的：含义由训练决定。隐藏层想要多少都可以。如果没有非线性激活函数，多加层毫无用处：先算 h = 2 a + 1，再算 3 h - 4，合起来是 6 a - 1，仍然只是一步线性运算。有了 sigmoid 或 ReLU 这样的激活函数，只要神经元足够多，一个隐藏层就能在有界闭区域上以任意精度逼近任何连续函数，不过训练未必能找到那个逼近。",
    },
    profit: {
      en: "It lets the prediction bend, so that profit can rise with the price up to a point and fall beyond it.",
      zh: "它让预测可以弯曲：利润先随价格上升，过了某一点再下降。",
    },
    game: {
      en: "The policy network's hidden layer can form conditions such as “a wall is ahead and the goal is behind it”.",
      zh: "策略网络的隐藏层可以形成“前面有墙、目标在墙后”这样的条件。",
    },
    see: ["layer", "feature", "activation"],
  },
  {
    id: "output-layer",
    name: { en: "output layer", zh: "输出层" },
    aliases: ["output", "output neuron", "outputs", "输出", "输出神经元"],
    short: {
      en: "The last layer: its values are the network's answer.",
      zh: "最后一层，它的值就是网络的答案。",
    },
    text: {
      en: "To choose among classes, the output layer has one neuron per class; softmax turns their sums into probabilities and the highest is the prediction. For ten digits that is 10 neurons. To predict a real number, one neuron without activation is enough, since its sum can take any value. A layer of 10 outputs that reads 128 hidden neurons has 128 × 10 + 10 = 1,290 parameters.",
      zh: "要在若干类别中选择时，输出层每个类别一个神经元，softmax 把它们的和变成概率，最大的就是预测。识别十个数字就需要 10 个神经元。要预测一个实数，一个不带激活函数的神经元就够了，因为它的和可以取任何值。读取 128 个隐藏神经元、有 10 个输出的一层有 128 × 10 + 10 = 1,290 个参数。",
    },
    profit: {
      en: "One neuron without activation: the predicted profit, which may also be a loss below zero.",
      zh: "一个不带激活函数的神经元：预测的利润，也可以是负数，即亏损。",
    },
    game: {
      en: "The policy network's answer: how far to move along x and y, or one number per possible move.",
      zh: "策略网络的答案：沿 x 和 y 各走多远，或者每种走法一个数。",
    },
    see: ["softmax", "logits", "prediction", "probability"],
  },
  {
    id: "weight",
    name: { en: "weight", zh: "权重" },
    aliases: ["connection strength", "coefficient", "权值", "连接强度", "系数"],
    short: {
      en: "The strength of one connection: the number by which an input is multiplied.",
      zh: "一条连接的强度，也就是输入要乘上的那个数。",
    },
    text: {
      en: "Every connection from one neuron to another has one weight. With a positive weight a positive input pushes the sum up, with a negative one it pulls it down, and a weight of 0 ignores the input. With the weight -3, the input 0.5 adds -3 × 0.5 = -1.5 to the sum. Training changes the weights: connections grow stronger or weaker with the patterns in the data.",
      zh: "一个神经元到另一个神经元的每条连接都有一个权重。权重为正，正的输入会推高总和；权重为负，则会拉低总和；权重为 0，输入就被忽略。权重为 -3 时，输入 0.5 给总和加上 -3 × 0.5 = -1.5。训练改变的正是权重：连接随着数据中的规律增强或减弱。",
    },
    profit: {
      en: "The weight of marketing spend says how much predicted profit one more unit of spend adds, if the model is linear and all else stays equal.",
      zh: "在线性模型中，营销投入的权重表示：其他条件不变时，多投入一个单位，预测利润增加多少。",
    },
    game: {
      en: "Plain descent has no weights: it is the position that changes. The policy network has them, and training changes those.",
      zh: "直接下降没有权重，变化的是位置本身。策略网络才有权重，训练改变的就是它们。",
    },
    see: ["bias", "parameter", "weighted-sum", "gradient"],
  },
  {
    id: "bias",
    name: { en: "bias", zh: "偏置" },
    aliases: ["biases", "intercept", "offset", "bias term", "偏置项", "偏差项", "截距"],
    short: {
      en: "A number of the neuron's own that is added to the weighted sum and so shifts it.",
      zh: "神经元自带的一个数，加到加权和上，使其整体平移。",
    },
    text: {
      en: "The bias is added whatever the inputs are; when all inputs are 0, the sum is the bias. It can be read as the weight of one more input that is always 1. With inputs 1 and 0.5, weights 2 and -3, the products add up to 0.5, and the bias 1 shifts the sum to 1.5. It decides how easily a neuron answers: a ReLU neuron with bias -2 stays at 0 until its products exceed 2.",
      zh: "无论输入是什么，偏置都会加上去；所有输入为 0 时，总和就等于偏置。可以把它看作一个恒为 1 的额外输入的权重。输入为 1 和 0.5、权重为 2 和 -3 时，乘积之和为 0.5，偏置 1 把总和移到 1.5。偏置决定神经元是否容易被激活：偏置为 -2 的 ReLU 神经元，要等乘积之和超过 2 才会大于 0。",
    },
    formula: "z = w_1 x_1 + ... + w_n x_n + b * 1",
    profit: {
      en: "The season's fixed effect: what is earned in that season whatever the price and the marketing spend are.",
      zh: "季节的固定影响：不论价格和营销投入是多少，这个季节本身带来的那部分利润。",
    },
    game: {
      en: "In a policy network, a fixed leaning towards a move, whatever the position is.",
      zh: "在策略网络中，它是与位置无关、对某种走法的固定倾向。",
    },
    see: ["weight", "weighted-sum", "parameter"],
  },
  {
    id: "parameter",
    name: { en: "parameter", zh: "参数" },
    aliases: ["trainable parameter", "model parameter", "可训练参数", "模型参数"],
    short: {
      en: "A number that training adjusts: a weight or a bias.",
      zh: "由训练来调整的数：权重或偏置。",
    },
    text: {
      en: "All weights and biases together are the network's parameters; two networks of the same form differ only in them. Numbers you choose yourself, such as the learning rate or the number of layers, are called hyperparameters. A network 784-128-10 has 784 × 128 + 128 = 100,480 parameters in its hidden layer and 128 × 10 + 10 = 1,290 in its output layer, 101,770 in all. Saving a model means saving these numbers and a description of the layers.",
      zh: "全部权重和偏置合起来就是网络的参数；结构相同的两个网络只在参数上不同。学习率、层数这类由你自己选定的数叫作超参数。784-128-10 的网络隐藏层有 784 × 128 + 128 = 100,480 个参数，输出层有 128 × 10 + 10 = 1,290 个，共 101,770 个。保存模型，就是保存这些数和各层的说明。",
    },
    profit: {
      en: "The weights of price and marketing spend and the season's bias: fitted once, then held fixed while the inputs are searched for the best profit.",
      zh: "价格和营销投入的权重以及季节的偏置：先拟合出来，然后保持不变，再去寻找使利润最大的输入。",
    },
    game: {
      en: "In plain descent the two coordinates play this part: they are what is adjusted. In a policy network it is the weights and biases.",
      zh: "直接下降时，两个坐标扮演这个角色，被调整的就是它们；在策略网络中则是权重和偏置。",
    },
    see: ["weight", "bias", "training", "initialisation"],
  },
  {
    id: "initialisation",
    name: { en: "initialisation", zh: "初始化" },
    aliases: [
      "initialization",
      "init",
      "initial weights",
      "He",
      "Glorot",
      "Xavier",
      "LeCun",
      "权重初始化",
      "参数初始化",
      "初始值",
    ],
    short: {
      en: "The choice of the parameters before the first training step.",
      zh: "在第一步训练之前，给参数选定初值。",
    },
    text: {
      en: "If all weights started equal, the neurons of a layer would compute the same, receive the same gradient and stay equal; so weights start at random. Their spread is chosen by the number of inputs n, so that sums neither explode nor vanish from layer to layer: a variance of 2 / n suits ReLU (He), 1 / n is LeCun's choice, and Glorot uses 2 / (inputs + outputs). For 784 inputs He's standard deviation is the square root of 2 / 784, which is 0.0505. Biases usually start at 0.",
      zh: "如果所有权重的初值都相同，同一层各神经元的计算和梯度也就相同，会一直相同下去；所以权重要随机取初值。其离散程度由输入个数 n 决定，使总和在层与层之间既不爆炸也不消失：ReLU 适合方差 2 / n（He），LeCun 用 1 / n，Glorot 用 2 /（输入数 + 输出数）。784 个输入时，He 的标准差是 2 / 784 的平方根，即 0.0505。偏置通常从 0 开始。",
    },
    formula: "He: std = sqrt(2 / n)",
    profit: {
      en: "The first guess of the weights and of the season's bias, before any row of data has been seen.",
      zh: "还没看任何一行数据之前，对权重和季节偏置的最初猜测。",
    },
    game: {
      en: "The place where the character starts; with walls in the way, it can decide whether plain descent gets stuck.",
      zh: "角色的出发点；有墙挡路时，它可能决定直接下降会不会被卡住。",
    },
    see: ["seed", "parameter", "weight"],
  },
  {
    id: "seed",
    name: { en: "seed", zh: "随机种子" },
    aliases: ["random seed", "reproducibility", "种子", "随机数种子", "可复现性"],
    short: {
      en: "The number from which all random choices of a run follow.",
      zh: "一次运行的所有随机选择都由它推出的那个数。",
    },
    text: {
      en: "A computer's random numbers are computed from a seed: the same seed gives the same sequence. The seed decides the initial weights, the order of the examples and what dropout removes, so the same seed on the same backend gives the same trained network. A simple generator shows how: s becomes (5 × s + 3) mod 16, so the seed 1 gives 8, 11, 10, 5 and so on, every time. Results should be compared over several seeds, since one may be lucky.",
      zh: "计算机的随机数是从种子算出来的：种子相同，序列就相同。种子决定初始权重、样本的顺序以及 dropout 去掉哪些神经元，所以在同一后端上，相同的种子会得到相同的网络。用一个简单的生成器就能看清：s 变为 (5 × s + 3) mod 16，种子为 1 时每次都得到 8、11、10、5……。比较结果时应使用多个种子，因为单独一个可能只是运气好。",
    },
    profit: {
      en: "The same seed gives the same generated company data and the same fitted model, so a teacher and a class see the same numbers.",
      zh: "相同的种子给出相同的公司数据和相同的拟合模型，老师和学生看到的数字就完全一致。",
    },
    game: {
      en: "It fixes where character, goal and walls are put, and the first weights of a policy network.",
      zh: "它决定角色、目标和墙的位置，以及策略网络的初始权重。",
    },
    see: ["initialisation", "training", "dropout"],
  },
];
