import type { Term } from "./term.ts";

/** Why the network answered as it did. */
export const explainingTerms: readonly Term[] = [
  {
    id: "contribution",
    name: { en: "contribution", zh: "贡献" },
    aliases: ["input contribution", "贡献值", "输入贡献"],
    short: {
      en: "The part of a neuron's sum that comes from one input: weight times input.",
      zh: "神经元的和中来自某个输入的那一部分：权重乘以输入。",
    },
    text: {
      en: "The contribution of input i to a weighted sum is w_i x_i; the bias is the contribution of an input fixed at 1. The contributions add up to the sum exactly, apart from rounding. With inputs 1 and 0.5, weights 2 and -3 and bias 1, they are 2, -1.5 and 1, and their sum is 1.5. They explain one neuron, not yet the whole network: the input may itself be the output of another neuron.",
      zh: "输入 i 对加权和的贡献是 w_i x_i；偏置是恒为 1 的输入的贡献。除去舍入误差，各贡献之和恰好等于加权和。输入为 1 和 0.5、权重为 2 和 -3、偏置为 1 时，贡献为 2、-1.5 和 1，总和为 1.5。贡献解释的是一个神经元，还不是整个网络：这个输入本身可能是另一个神经元的输出。",
    },
    formula: { en: "contribution of x_i = w_i x_i", zh: "x_i 的贡献 = w_i x_i" },
    profit: {
      en: "In a linear model: how much of the predicted profit comes from the price, from the marketing spend and from the season.",
      zh: "在线性模型中：预测利润中有多少来自价格、营销投入和季节。",
    },
    game: {
      en: "How much each coordinate adds to a neuron's sum in the policy network.",
      zh: "策略网络中每个坐标给某个神经元的和加了多少。",
    },
    see: ["weighted-sum", "evidence", "attribution"],
  },
  {
    id: "evidence",
    name: { en: "evidence", zh: "证据" },
    aliases: ["evidence for and against", "class evidence", "正反证据", "支持与反对", "类别证据"],
    short: {
      en: "The contributions to a class's logit: positive ones speak for the class, negative ones against it.",
      zh: "对某个类别 logit 的各项贡献：正的支持该类别，负的反对该类别。",
    },
    text: {
      en: "The logit of a class is a weighted sum of the last hidden layer's values, so its terms can be listed and sorted. If two hidden neurons have the values 0.5 and 2, and their weights to the class are 3 and -1 with a bias of 0.2, the evidence is 1.5, -2 and 0.2; together that is the logit -0.3. To ask “why this class and not that one?”, subtract the two lists term by term. It says what entered the sum; whether the decision really depended on it is tested by ablation.",
      zh: "类别的 logit 是最后一个隐藏层各值的加权和，因此可以逐项列出并排序。若两个隐藏神经元的值为 0.5 和 2，它们到该类别的权重为 3 和 -1，偏置为 0.2，则证据为 1.5、-2 和 0.2，合起来就是 logit -0.3。要问“为什么是这一类而不是那一类”，把两张表逐项相减即可。证据说明和里面有什么；决定是否真的依赖它，要用消融来检验。",
    },
    formula: { en: "logit = sum of w_i h_i + b", zh: "logit = 各 w_i h_i 之和 + b" },
    profit: {
      en: "The hidden neurons that pushed the predicted profit up, and those that pulled it down.",
      zh: "哪些隐藏神经元推高了预测利润，哪些拉低了它。",
    },
    game: {
      en: "What speaks for going left and what speaks against it.",
      zh: "哪些因素支持向左走，哪些反对。",
    },
    see: ["contribution", "logits", "ablation", "attribution"],
  },
  {
    id: "attribution",
    name: { en: "attribution", zh: "归因" },
    aliases: [
      "saliency",
      "feature attribution",
      "integrated gradients",
      "gradient times input",
      "显著性",
      "特征归因",
      "积分梯度",
    ],
    short: {
      en: "A method that divides an output of the whole network among its inputs.",
      zh: "把整个网络的某个输出分摊到各个输入上的方法。",
    },
    text: {
      en: "One neuron's sum divides exactly; a bent network does not, so methods differ. Gradient times input multiplies each input by the output's slope there. Integrated gradients averages that slope along the straight line from a baseline to the input and multiplies by the difference; its parts add up to the change of the output. For sigmoid(2 x_1 - 3 x_2 + 1) at 1 and 0.5 with baseline 0 and 0, the parts are 0.346 and -0.260, together 0.818 - 0.731 = 0.087 up to rounding. An attribution depends on its method and, where there is one, on its baseline: name both.",
      zh: "单个神经元的和可以精确拆分；弯曲的网络却不能，所以方法各有不同。“梯度乘输入”把每个输入乘以输出在该处的斜率。积分梯度沿着从基线到输入的直线对斜率取平均，再乘以两者之差；各部分之和等于输出的变化。对 sigmoid(2 x_1 - 3 x_2 + 1)，输入为 1 和 0.5，基线为 0 和 0，两部分是 0.346 和 -0.260，合计 0.818 - 0.731 = 0.087（有舍入）。归因取决于方法，有基线时还取决于基线：两者都要说明。",
    },
    formula: {
      en: "IG_i = (x_i - x'_i) * average over t in 0..1 of df/dx_i at x' + t (x - x')",
      zh: "IG_i = (x_i - x'_i) * df/dx_i 在 x' + t (x - x') 处对 t 从 0 到 1 的平均",
    },
    profit: {
      en: "How much of the difference between this month's prediction and an average month's is due to price, and how much to marketing spend.",
      zh: "本月预测与平均月份的差别，有多少来自价格，有多少来自营销投入。",
    },
    game: {
      en: "Which coordinate, or which wall, the policy network's move rests on.",
      zh: "策略网络的走法主要依据哪个坐标或哪堵墙。",
    },
    see: ["contribution", "gradient", "ablation", "evidence"],
  },
  {
    id: "ablation",
    name: { en: "ablation", zh: "消融" },
    aliases: ["ablate", "knock-out", "lesion", "消融实验", "消融研究", "敲除"],
    short: {
      en: "Removing a part of the network or the input and measuring what changes.",
      zh: "去掉网络或输入的一部分，测量有什么变化。",
    },
    text: {
      en: "An explanation is a claim, and ablation tests it: if these neurons carry the decision, setting them to 0 (or to their mean) must change it more than doing so to as many neurons picked at random. If the evidence for a class is 1.5, -2 and a bias of 0.2, the logit is -0.3; with the second neuron set to 0 it becomes 1.7, a change of 2. Neurons can stand in for each other, so a small change does not prove that a neuron was unused.",
      zh: "解释是一种主张，消融用来检验它：如果决定真的由这些神经元承担，把它们置为 0（或置为均值）造成的变化，就应大于随机选取同样多神经元所造成的变化。若某类别的证据为 1.5、-2 和偏置 0.2，logit 为 -0.3；把第二个神经元置 0 后变为 1.7，变化为 2。神经元之间可以互相替代，所以变化小并不能证明该神经元没有被用到。",
    },
    profit: {
      en: "Hold the marketing spend at its mean in every row and see how much worse the predictions become.",
      zh: "把每一行的营销投入都换成均值，看预测变差多少。",
    },
    game: {
      en: "Silence one neuron of the policy network and see whether the character still finds the goal.",
      zh: "关掉策略网络的一个神经元，看角色还能不能找到目标。",
    },
    see: ["evidence", "attribution", "dropout"],
  },
];
