import type { Term } from "./term.ts";

/** The loss, its gradient and the ways to descend. */
export const descentTerms: readonly Term[] = [
  {
    id: "loss",
    name: { en: "loss function", zh: "损失函数" },
    aliases: [
      "loss",
      "losses",
      "cost",
      "cost function",
      "objective",
      "error function",
      "损失",
      "代价函数",
      "目标函数",
      "误差函数",
    ],
    short: {
      en: "The measure of how far the predictions are from the truth; training makes it small.",
      zh: "衡量预测与真实值差多远的量，训练就是要让它变小。",
    },
    text: {
      en: "A loss function turns a prediction and the true value into one number: the smaller, the better. Cross-entropy is used for probabilities of classes, the mean squared error for real values. If 55 is predicted and 60 is true, the difference is 5 and the squared error 25. The loss of a batch is the mean over its examples; the mean over the whole data set is the empirical loss. It must have a useful slope almost everywhere, because descent follows that slope.",
      zh: "损失函数把预测和真实值变成一个数：越小越好。类别的概率用交叉熵，实数用均方误差。预测 55、真实值 60，差为 5，平方误差为 25。一个批次的损失是其中各样本的平均；整个数据集上的平均就是经验损失。它几乎处处都要有可用的斜率，因为下降走的就是这个斜率。",
    },
    profit: {
      en: "Actual minus predicted profit, squared, so that too much and too little both count.",
      zh: "实际利润减去预测利润再平方，这样预测高了和低了都算误差。",
    },
    game: {
      en: "The distance to the goal.",
      zh: "到目标的距离。",
    },
    see: ["empirical-loss", "cross-entropy", "mean-squared-error", "loss-optimisation"],
  },
  {
    id: "empirical-loss",
    name: { en: "empirical loss", zh: "经验损失" },
    aliases: ["empirical risk", "total loss", "full loss", "经验风险", "总损失"],
    short: {
      en: "The mean loss over the whole data set.",
      zh: "整个数据集上的平均损失。",
    },
    text: {
      en: "The empirical loss is the mean of the losses of all n examples, computed with the same parameters. With losses 0.2, 0.4 and 1.5 it is 2.1 / 3 = 0.7. It differs from the running loss shown during training, which is taken from single batches while the parameters change. It is called empirical because it is measured on the data at hand, and not on all data there could be.",
      zh: "经验损失是全部 n 个样本损失的平均值，用同一组参数计算。损失为 0.2、0.4 和 1.5 时，经验损失为 2.1 / 3 = 0.7。它不同于训练过程中显示的损失，后者来自一个个批次，其间参数一直在变。之所以叫“经验”，是因为它是在手头的数据上测得的，而不是在所有可能的数据上。",
    },
    formula: "J = (L_1 + L_2 + ... + L_n) / n",
    profit: {
      en: "The mean of the squared differences over all rows of the table.",
      zh: "表中所有行的差的平方的平均值。",
    },
    game: {
      en: "With one character, the distance itself; for a policy network, the mean over all starting places.",
      zh: "只有一个角色时，就是距离本身；对策略网络，是所有出发点上的平均。",
    },
    see: ["loss", "batch", "loss-optimisation"],
  },
  {
    id: "cross-entropy",
    name: { en: "cross-entropy", zh: "交叉熵" },
    aliases: [
      "cross-entropy loss",
      "log loss",
      "negative log-likelihood",
      "NLL",
      "softmax loss",
      "交叉熵损失",
      "对数损失",
      "负对数似然",
    ],
    short: {
      en: "The loss for probabilities: minus the logarithm of the probability given to the true class.",
      zh: "用于概率的损失：给真实类别的概率取对数，再取负。",
    },
    text: {
      en: "If the true class has the probability p, its cross-entropy is -ln p: 0 when p = 1, and without bound as p goes to 0. With probabilities 0.665, 0.245 and 0.090 it is 0.408 if the first class is true and 2.408 if the third is. A network that guesses evenly among ten classes has ln 10 = 2.303. Together with softmax its gradient is simple: probability minus target, here -0.335, 0.245 and 0.090 if the first class is true.",
      zh: "真实类别的概率为 p 时，交叉熵为 -ln p：p = 1 时为 0，p 趋近 0 时无限增大。概率为 0.665、0.245、0.090 时，若真实类别是第一类，为 0.408；若是第三类，为 2.408。在十个类别中平均瞎猜的网络，交叉熵为 ln 10 = 2.303。它与 softmax 合用时梯度很简单：概率减目标；真实类别是第一类时，就是 -0.335、0.245、0.090。",
    },
    formula: {
      en: "L = -(t_1 ln p_1 + ... + t_n ln p_n); one true class: L = -ln p",
      zh: "L = -(t_1 ln p_1 + ... + t_n ln p_n)；只有一个正确类别时 L = -ln p",
    },
    profit: {
      en: "For the question “profit or loss?”; for the amount, the mean squared error is used.",
      zh: "适合“盈利还是亏损”的问题；预测金额用均方误差。",
    },
    game: {
      en: "It can train a policy network to choose the moves that a shortest path makes.",
      zh: "它可以训练策略网络，让它选择最短路径上的走法。",
    },
    see: ["softmax", "logits", "loss", "mean-squared-error"],
  },
  {
    id: "mean-squared-error",
    name: { en: "mean squared error", zh: "均方误差" },
    aliases: ["MSE", "squared error", "L2 loss", "quadratic loss", "平方误差", "均方损失", "平方损失", "L2 损失"],
    short: {
      en: "The loss for real values: the mean of the squared differences between prediction and truth.",
      zh: "用于实数的损失：预测与真实值之差的平方的平均值。",
    },
    text: {
      en: "Each difference is squared, so that signs do not cancel and large errors count more, and the mean is taken. Predictions 55 and 40 for the true values 60 and 38 differ by 5 and -2: (25 + 4) / 2 = 14.5. Its square root, here 3.81, has the unit of the predicted value. The slope for one prediction y and truth t is 2 (y - t) / n.",
      zh: "先把每个差平方，使正负不会抵消、大的误差更受重视，再取平均。真实值 60 和 38 的预测是 55 和 40，差为 5 和 -2：(25 + 4) / 2 = 14.5。它的平方根（这里是 3.81）与被预测的量单位相同。对单个预测 y 和真实值 t，斜率为 2 (y - t) / n。",
    },
    formula: "MSE = ((t_1 - y_1)^2 + ... + (t_n - y_n)^2) / n",
    profit: {
      en: "The mean square of the column “actual minus predicted”.",
      zh: "“实际减预测”那一列的平方的平均值。",
    },
    game: {
      en: "The squared distance is its sister: its slope shrinks on approach, so the steps become smaller near the goal.",
      zh: "距离的平方与它相似：越靠近目标斜率越小，所以步子会逐渐变小。",
    },
    see: ["loss", "empirical-loss", "cross-entropy"],
  },
  {
    id: "loss-optimisation",
    name: { en: "loss optimisation", zh: "损失优化" },
    aliases: [
      "loss optimization",
      "optimisation",
      "optimization",
      "minimisation",
      "minimization",
      "优化",
      "最小化",
      "最优化",
    ],
    short: {
      en: "The search for the parameters that make the loss smallest.",
      zh: "寻找使损失最小的参数。",
    },
    text: {
      en: "Over all settings of the parameters, the empirical loss is a landscape; training looks for a low place in it. For y = w x and the one example x = 2 with the true value 5, the loss (2 w - 5)^2 is a parabola with its lowest point at w = 2.5. With thousands of parameters nobody can draw the landscape, but its slope can be computed at any place, and gradient descent follows it. It may end in a low place that is not the lowest; for large networks that is usually good enough.",
      zh: "把参数的所有取值看作平面，经验损失就是上面的地形；训练要在其中找一处低地。对 y = w x 和唯一的样本 x = 2、真实值 5，损失 (2 w - 5)^2 是一条抛物线，最低点在 w = 2.5。参数成千上万时，地形画不出来，但任何一处的斜率都可以算出来，梯度下降就沿着它走。最后可能停在一处并非最低的低地；对大型网络来说，这通常已经够好。",
    },
    formula: { en: "parameters* = argmin J(parameters)", zh: "最优参数 = argmin J(参数)" },
    profit: {
      en: "Two searches that must not be confused: for the weights that predict best, and then, with these fixed, for the inputs that earn most.",
      zh: "有两种搜索，不能混淆：先找预测最准的权重；然后固定权重，再找利润最高的输入。",
    },
    game: {
      en: "The way to the goal: the place where the distance is smallest.",
      zh: "走向目标的过程：目标就是距离最小的地方。",
    },
    see: ["gradient-descent", "empirical-loss", "optimizer"],
  },
  {
    id: "gradient",
    name: { en: "gradient", zh: "梯度" },
    aliases: ["slope", "derivative", "partial derivative", "导数", "偏导数", "斜率"],
    short: {
      en: "For each parameter, how fast the loss grows when that parameter grows.",
      zh: "对每个参数来说，参数增大时损失增长得有多快。",
    },
    text: {
      en: "The gradient holds one partial derivative for every parameter. As a direction it points where the loss grows fastest, and its length says how steep it is there; descent goes the opposite way. For the loss (2 w - 5)^2 at w = 1 it is 2 (2 × 1 - 5) × 2 = -12. It can be checked by moving a little: at w = 1.001 the loss is 8.988004 instead of 9, a change of about -12 times 0.001. A gradient may also be taken with respect to the inputs, with the weights held fixed.",
      zh: "梯度由每个参数的偏导数组成。作为方向，它指向损失增长最快的方向，长度表示那里有多陡；下降走的是相反方向。损失 (2 w - 5)^2 在 w = 1 处的梯度为 2 (2 × 1 - 5) × 2 = -12。稍微移动一下就能检验：w = 1.001 时损失为 8.988004，而不是 9，变化约为 -12 乘以 0.001。也可以固定权重，对输入求梯度。",
    },
    formula: {
      en: "dL/dw = limit of (L(w + h) - L(w)) / h for h -> 0",
      zh: "dL/dw = (L(w + h) - L(w)) / h 在 h -> 0 时的极限",
    },
    profit: {
      en: "With respect to the weights it improves the model; with respect to price and marketing spend it says which change would raise the profit.",
      zh: "对权重求梯度，用来改进模型；对价格和营销投入求梯度，则说明怎样改动能提高利润。",
    },
    game: {
      en: "At (3, 4) with the goal at (0, 0), the distance is 5 and its gradient (0.6, 0.8): straight away from the goal, with length 1.",
      zh: "在 (3, 4)、目标在 (0, 0) 时，距离为 5，梯度为 (0.6, 0.8)：正好背离目标，长度为 1。",
    },
    see: ["gradient-descent", "backpropagation", "chain-rule"],
  },
  {
    id: "gradient-descent",
    name: { en: "gradient descent", zh: "梯度下降" },
    aliases: ["descent", "steepest descent", "GD", "梯度下降法", "最速下降"],
    short: {
      en: "Going down the loss in small steps against the gradient.",
      zh: "逆着梯度一小步一小步地降低损失。",
    },
    text: {
      en: "Each step replaces every parameter by itself minus the learning rate times its gradient. For the loss (2 w - 5)^2, w = 1 and learning rate 0.1: the gradient is -12, so w becomes 1 - 0.1 × (-12) = 2.2 and the loss falls from 9 to 0.36. Then the gradient is computed again; near the minimum it shrinks, and so do the steps. With a small enough learning rate each step lowers a smooth loss, unless the gradient is 0; a minimum found so need not be the lowest one.",
      zh: "每一步把每个参数换成“自身减去学习率乘以梯度”。损失 (2 w - 5)^2，w = 1，学习率 0.1：梯度为 -12，w 变为 1 - 0.1 × (-12) = 2.2，损失从 9 降到 0.36。然后重新计算梯度；越接近最小值，梯度越小，步子也越小。只要学习率足够小，梯度不为 0，每一步都会降低光滑的损失；但这样找到的极小值未必是最小的。",
    },
    formula: { en: "w <- w - learning rate * dL/dw", zh: "w <- w - 学习率 * dL/dw" },
    profit: {
      en: "First it fits the weights; then, with the sign reversed, the same rule raises the predicted profit by changing the inputs.",
      zh: "先用它拟合权重；再把符号反过来，用同样的规则改变输入，提高预测利润。",
    },
    game: {
      en: "The character's walk: each step goes against the gradient of the distance, on an open plane along the straight line to the goal.",
      zh: "角色的行走：每一步都逆着距离的梯度；在空旷的平面上，就是沿直线走向目标。",
    },
    see: ["gradient", "learning-rate", "sgd", "loss-optimisation"],
  },
  {
    id: "learning-rate",
    name: { en: "learning rate", zh: "学习率" },
    aliases: ["step size", "lr", "eta", "步长", "学习速率"],
    short: {
      en: "The number by which the gradient is multiplied to give the step.",
      zh: "与梯度相乘、决定步长的那个数。",
    },
    text: {
      en: "Too small, and learning takes long; too large, and the steps jump over the minimum. For the loss (2 w - 5)^2 from w = 1, where it is 9, one step with 0.01 leads to 7.62, with 0.1 to 0.36, but with 0.3 up to 17.64. In this example every learning rate above 0.25 makes the error larger at each step. It is often lowered in the course of training, by a schedule.",
      zh: "太小则学得慢；太大则会越过最小值。损失 (2 w - 5)^2 在 w = 1 处为 9，走一步：学习率 0.01 到 7.62，0.1 到 0.36，0.3 却升到 17.64。在这个例子里，学习率超过 0.25，误差就会一步比一步大。训练过程中常按计划逐渐降低学习率。",
    },
    profit: {
      en: "How boldly the weights are corrected after each batch; in the search for the best inputs, how far price and spend are moved.",
      zh: "每批之后修正权重的幅度；在寻找最优输入时，则是价格和投入移动的幅度。",
    },
    game: {
      en: "The length of the character's step where the slope is 1; too long, and it walks to and fro about the goal.",
      zh: "斜率为 1 时，角色一步的长度；太长就会在目标附近来回走。",
    },
    see: ["gradient-descent", "step", "optimizer"],
  },
  {
    id: "backpropagation",
    name: { en: "backpropagation", zh: "反向传播" },
    aliases: [
      "backprop",
      "backward pass",
      "backward propagation",
      "backward",
      "error backpropagation",
      "反向传播算法",
      "误差反向传播",
      "反传",
    ],
    short: {
      en: "Computing the gradient of every parameter by carrying the output error back through the layers.",
      zh: "把输出误差逐层往回传，算出每个参数的梯度。",
    },
    text: {
      en: "Starting from the slope of the loss at the output, each layer is passed backwards: multiply by the slope of the activation, give every weight that number times its input, and hand on the weighted sum of these numbers to the layer below. Take a sigmoid neuron with inputs 1 and 0.5, output 0.818, target 1 and loss (y - 1)^2. The slope at the output is 2 (0.818 - 1) = -0.365; times the sigmoid's slope 0.149 gives -0.0544 for the weighted sum and so for the bias; the weights get -0.0544 × 1 = -0.0544 and -0.0544 × 0.5 = -0.0272. One pass back costs about as much as two passes forward, however many parameters there are.",
      zh: "从损失在输出处的斜率出发，逐层向后：乘以激活函数的斜率；每个权重得到这个数乘以它的输入；再把这些数按权重求和，交给前一层。以一个 sigmoid 神经元为例：输入 1 和 0.5，输出 0.818，目标 1，损失 (y - 1)^2。输出处的斜率为 2 (0.818 - 1) = -0.365；乘以 sigmoid 的斜率 0.149，得到加权和的斜率 -0.0544，偏置的梯度也是它；两个权重分别得到 -0.0544 × 1 = -0.0544 和 -0.0544 × 0.5 = -0.0272。无论参数有多少，一次反向的计算量大约相当于两次前向。",
    },
    formula: {
      en: "delta = dL/dy * f'(z), dL/dw_i = delta * x_i, dL/db = delta, dL/dx_i = sum of delta * w_i",
      zh: "delta = dL/dy * f'(z)，dL/dw_i = delta * x_i，dL/db = delta，dL/dx_i = 各 delta * w_i 之和",
    },
    profit: {
      en: "The difference between actual and predicted profit travels back and tells each weight its share of the error.",
      zh: "实际与预测利润之差往回传，告诉每个权重它在误差中占多少。",
    },
    game: {
      en: "For a policy network, the final distance travels back through all moves of the attempt to the weights.",
      zh: "对策略网络来说，最终的距离穿过这次尝试的每一步，一直传回到权重。",
    },
    see: ["chain-rule", "gradient", "forward-propagation", "activation"],
  },
  {
    id: "chain-rule",
    name: { en: "chain rule", zh: "链式法则" },
    aliases: ["chain rule of calculus", "链式求导", "链式求导法则", "复合函数求导"],
    short: {
      en: "The slope of functions applied one after another is the product of their slopes.",
      zh: "依次作用的函数，总斜率等于各自斜率的乘积。",
    },
    text: {
      en: "If w changes y and y changes L, then the slope of L with respect to w is the slope of L with respect to y times that of y with respect to w. For y = 2 w and L = (y - 5)^2 at w = 1: the slopes are 2 (2 - 5) = -6 and 2, and their product is -12. If a value acts in several ways, the products of all ways are added. Backpropagation is the chain rule applied from the output back, so that every intermediate slope is computed only once.",
      zh: "若 w 影响 y、y 影响 L，那么 L 对 w 的斜率等于 L 对 y 的斜率乘以 y 对 w 的斜率。y = 2 w、L = (y - 5)^2，在 w = 1 处：两个斜率为 2 (2 - 5) = -6 和 2，乘积为 -12。若一个值通过几条途径起作用，就把各途径的乘积相加。反向传播就是从输出往回使用链式法则，每个中间斜率只算一次。",
    },
    formula: "dL/dw = dL/dy * dy/dw",
    profit: {
      en: "From the squared difference to the predicted profit, from there to a hidden neuron, from there to the price: the slopes multiply.",
      zh: "从平方差到预测利润，再到隐藏神经元，再到价格：斜率逐个相乘。",
    },
    game: {
      en: "From the distance to the position, from the position to the move, from the move to a weight of the policy.",
      zh: "从距离到位置，从位置到走法，再从走法到策略的某个权重。",
    },
    see: ["backpropagation", "gradient"],
  },
  {
    id: "optimizer",
    name: { en: "optimizer", zh: "优化器" },
    aliases: ["optimiser", "solver", "update rule", "求解器", "优化算法", "更新规则"],
    short: {
      en: "The rule that turns gradients into changes of the parameters.",
      zh: "把梯度变成参数改动的规则。",
    },
    text: {
      en: "All usual optimizers follow the gradient downhill; they differ in what they remember. SGD remembers nothing; momentum keeps a decaying sum of past gradients; Adam also keeps the mean of their squares and gives each parameter its own step size. For one parameter with gradient -12 and learning rate 0.001, SGD's first step is 0.012 and Adam's 0.001. None is best for every task, so compare with the same seeds.",
      zh: "常用的优化器都沿梯度下坡，区别在于记住了什么。SGD 什么都不记；动量保留过去梯度的衰减和；Adam 还保留梯度平方的平均，给每个参数各自的步长。某个参数梯度为 -12、学习率 0.001 时，SGD 的第一步是 0.012，Adam 是 0.001。没有哪一种在所有任务上都最好，比较时要用相同的种子。",
    },
    profit: {
      en: "It matters when columns have very different sizes: price in units, spend in thousands.",
      zh: "各列数量级相差很大时它很重要：价格以个位计，投入以千计。",
    },
    game: {
      en: "The character's way of walking: plain steps, steps with a run-up, or steps of adapted length.",
      zh: "角色的走法：普通的步子，带惯性的步子，或自动调整长度的步子。",
    },
    see: ["sgd", "momentum", "adam", "learning-rate"],
  },
  {
    id: "sgd",
    name: { en: "SGD (stochastic gradient descent)", zh: "随机梯度下降（SGD）" },
    aliases: ["SGD", "stochastic gradient descent", "mini-batch gradient descent", "随机梯度下降", "小批量梯度下降"],
    short: {
      en: "Gradient descent with the gradient of a random batch instead of the whole data set.",
      zh: "用随机批次的梯度代替整个数据集梯度的梯度下降。",
    },
    text: {
      en: "A batch gives an estimate of the full gradient at a small part of its cost, so many more steps can be made in the same time. If the two examples of a batch give the gradients -12 and -4, their mean is -8; with w = 1 and learning rate 0.1, w becomes 1.8. The estimates scatter, so the loss falls unsteadily, which can also help it out of poor places.",
      zh: "批次用很小的代价估计完整的梯度，同样的时间里可以多走许多步。若一个批次的两个样本给出梯度 -12 和 -4，平均为 -8；w = 1、学习率 0.1 时，w 变为 1.8。估计有波动，损失的下降也就起伏不定，但这有时也能帮它离开不好的地方。",
    },
    formula: { en: "w <- w - learning rate * mean gradient of the batch", zh: "w <- w - 学习率 * 批次的平均梯度" },
    profit: {
      en: "Correcting the weights after a few randomly chosen months instead of after all of them.",
      zh: "看几个随机抽取的月份就修正权重，而不必等看完所有月份。",
    },
    game: {
      en: "Training the policy on a few random starting places at a time.",
      zh: "每次用几个随机出发点来训练策略。",
    },
    see: ["batch", "gradient-descent", "momentum", "optimizer"],
  },
  {
    id: "momentum",
    name: { en: "momentum", zh: "动量" },
    aliases: ["SGD with momentum", "heavy ball", "动量法", "带动量的 SGD"],
    short: {
      en: "Adding a share of the previous steps to the present one, like a rolling ball.",
      zh: "把之前步子的一部分加到当前这一步上，像滚动的球。",
    },
    text: {
      en: "A velocity v starts at 0; each step replaces it by m v + g, with the gradient g and a factor m such as 0.9, and moves w by minus the learning rate times v. If the gradient stays 1, v becomes 1, 1.9, 2.71 and approaches 1 / (1 - 0.9) = 10: along a constant slope the steps become ten times as long. Where the gradient keeps changing sign, the contributions cancel, which calms zigzagging.",
      zh: "速度 v 从 0 开始；每一步把它换成 m v + g，其中 g 是梯度，m 是像 0.9 这样的系数，然后让 w 移动“负的学习率乘以 v”。若梯度一直是 1，v 依次为 1、1.9、2.71，并趋近 1 / (1 - 0.9) = 10：坡度不变时，步子会变成原来的十倍。梯度不断变号的方向上，各项相互抵消，来回摆动就平息下来。",
    },
    formula: { en: "v <- m v + g, w <- w - learning rate * v", zh: "v <- m v + g，w <- w - 学习率 * v" },
    profit: {
      en: "Corrections that point the same way batch after batch gather speed.",
      zh: "一批接一批都指向同一方向的修正会越来越快。",
    },
    game: {
      en: "The character runs up: faster on the long way, but it overshoots the goal and has to come back.",
      zh: "角色会越跑越快：长路上更快，但会冲过目标再折回来。",
    },
    see: ["sgd", "optimizer", "adam"],
  },
  {
    id: "adam",
    name: { en: "Adam", zh: "Adam 优化器" },
    aliases: ["AdamW", "adaptive moment estimation", "自适应矩估计", "Adam 算法"],
    short: {
      en: "An optimizer that gives each parameter its own step size from the mean and the mean square of its gradients.",
      zh: "根据每个参数梯度的均值和平方均值，给它各自步长的优化器。",
    },
    text: {
      en: "Adam keeps two decaying means for each parameter, m of the gradient and v of its square, corrects both for having started at 0, and moves by the learning rate times m / (sqrt(v) + eps). At the first step with gradient -12 and the usual factors 0.9 and 0.999: m = -1.2, v = 0.144, corrected -12 and 144, so the parameter moves by 0.001 × 12 / 12 = 0.001, the learning rate itself, whatever the gradient's size. AdamW adds weight decay, which also shrinks each weight a little at every step, apart from the gradient.",
      zh: "Adam 为每个参数保留两个衰减平均：梯度的 m 和梯度平方的 v；对两者从 0 起步造成的偏差加以修正，然后移动“学习率乘以 m / (sqrt(v) + eps)”。第一步，梯度 -12，系数取常用的 0.9 和 0.999：m = -1.2，v = 0.144，修正后为 -12 和 144，参数移动 0.001 × 12 / 12 = 0.001，恰好是学习率本身，与梯度大小无关。AdamW 增加了权重衰减：每一步还另外把每个权重缩小一点，与梯度分开进行。",
    },
    formula: {
      en: "m <- a m + (1 - a) g, v <- b v + (1 - b) g^2, w <- w - learning rate * m' / (sqrt(v') + eps), m' = m / (1 - a^t), v' = v / (1 - b^t)",
      zh: "m <- a m + (1 - a) g，v <- b v + (1 - b) g^2，w <- w - 学习率 * m' / (sqrt(v') + eps)，m' = m / (1 - a^t)，v' = v / (1 - b^t)",
    },
    profit: {
      en: "It copes with columns of different sizes: the weight of a price in units and that of a spend in thousands get steps of similar length.",
      zh: "它能应付数量级不同的列：以个位计的价格和以千计的投入，其权重的步长相近。",
    },
    game: {
      en: "At first a step of the same length along each axis, however far the goal is.",
      zh: "一开始沿每个坐标轴的步长相同，不管目标有多远。",
    },
    see: ["optimizer", "momentum", "learning-rate"],
  },
];
