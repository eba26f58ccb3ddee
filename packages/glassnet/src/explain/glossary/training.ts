import type { Term } from "./term.ts";

/** How a network learns from examples, and how we know what it has learned. */
export const trainingTerms: readonly Term[] = [
  {
    id: "training",
    name: { en: "training", zh: "训练" },
    aliases: ["train", "learning", "fitting", "fit", "学习", "拟合", "模型训练"],
    short: {
      en: "Adjusting the weights and biases by examples until the loss is small.",
      zh: "用样本不断调整权重和偏置，使损失变小。",
    },
    text: {
      en: "Training repeats four moves: predict a batch of examples (forward propagation), measure the error (loss), find how each parameter influences it (backpropagation), and change every parameter a little against its gradient. Nobody tells the hidden neurons what to look for; they find it because it lowers the loss. For y = w x with w = 1, the example x = 2 with the true value 5 gives the prediction 2 and the loss (2 - 5)^2 = 9; one step with learning rate 0.1 makes w = 2.2 and the loss 0.36. What counts in the end is the result on examples that were not used in training.",
      zh: "训练反复做四件事：对一批样本做预测（前向传播），衡量误差（损失），求出每个参数对误差的影响（反向传播），再把每个参数逆着它的梯度改动一点。没有人告诉隐藏神经元该找什么；它们找到了，是因为这样能降低损失。对 y = w x，w = 1 时，样本 x = 2、真实值 5 的预测是 2，损失是 (2 - 5)^2 = 9；用学习率 0.1 走一步后 w = 2.2，损失为 0.36。最终要看的是在没有参加训练的样本上的结果。",
    },
    profit: {
      en: "Fitting the weights of price and marketing spend and the season's bias to past months.",
      zh: "用过去各月的数据拟合价格、营销投入的权重和季节的偏置。",
    },
    game: {
      en: "Plain descent trains nothing, it moves the character; a policy network is trained over many attempts.",
      zh: "直接下降并不训练什么，只是移动角色；策略网络则要经过许多次尝试来训练。",
    },
    see: ["epoch", "batch", "loss", "gradient-descent", "backpropagation"],
  },
  {
    id: "epoch",
    name: { en: "epoch", zh: "轮次（epoch）" },
    aliases: ["pass", "训练轮次", "轮次", "轮", "周期", "迭代轮数"],
    short: {
      en: "One pass over all training examples.",
      zh: "把全部训练样本过一遍。",
    },
    text: {
      en: "In one epoch every training example is used once, usually in a new random order. It has as many steps as there are batches: 55,000 examples in batches of 64 make 859 full batches and a last one of 24, so 860 steps. Eight such epochs are 6,880 steps. Too few epochs leave the network unfinished; too many may lead to overfitting, which the validation set shows.",
      zh: "一个轮次里，每个训练样本各用一次，顺序通常重新打乱。有多少个批次就有多少步：55,000 个样本、每批 64 个，得到 859 个满批和最后一个 24 个样本的批次，共 860 步。八个这样的轮次就是 6,880 步。轮次太少，网络还没学好；太多则可能过拟合，这要靠验证集来发现。",
    },
    formula: { en: "steps per epoch = examples / batch size, rounded up", zh: "每轮步数 = 样本数 / 批大小，向上取整" },
    profit: {
      en: "One reading of the whole table of months.",
      zh: "把整张月度数据表读一遍。",
    },
    game: {
      en: "For a policy network, one round of attempts from all starting places.",
      zh: "对策略网络来说，从所有出发点各尝试一轮。",
    },
    see: ["batch", "step", "overfitting"],
  },
  {
    id: "batch",
    name: { en: "batch", zh: "批次" },
    aliases: ["mini-batch", "batch size", "小批量", "批", "批大小", "批量大小"],
    short: {
      en: "The examples that share one training step.",
      zh: "同一训练步所用的那组样本。",
    },
    text: {
      en: "The gradient of a step is the mean over the examples of its batch, an estimate of the gradient over the whole data set. A larger batch makes the estimate steadier and costs more computation per step: with independently drawn examples, four times the batch halves the random error. If two examples give the gradients -12 and -4, the batch's gradient is -8. The last batch of an epoch may be smaller than the others.",
      zh: "一步的梯度是批次内各样本梯度的平均，用来估计整个数据集上的梯度。批次越大，估计越稳定，每步的计算量也越大：样本独立抽取时，批次变为四倍，随机误差减半。若两个样本的梯度为 -12 和 -4，批次的梯度就是 -8。一个轮次的最后一批可能比其他批次小。",
    },
    profit: {
      en: "A handful of months, whose mean error decides the next change of the weights.",
      zh: "几个月的数据，它们的平均误差决定权重下一次怎么改。",
    },
    game: {
      en: "A handful of attempts of the policy network, judged together.",
      zh: "策略网络的几次尝试，放在一起评判。",
    },
    see: ["epoch", "step", "sgd"],
  },
  {
    id: "step",
    name: { en: "step", zh: "训练步" },
    aliases: ["training step", "iteration", "update", "步", "迭代", "迭代步", "更新", "一步"],
    short: {
      en: "One change of all parameters, made from one batch.",
      zh: "根据一个批次，对全部参数做一次更新。",
    },
    text: {
      en: "A step runs a batch forward, computes its loss and the gradient, and lets the optimizer change the parameters. With plain gradient descent every parameter changes by minus the learning rate times its gradient: w = 1 with gradient -12 and learning rate 0.1 becomes 1 + 1.2 = 2.2. The gradient is then computed anew, since it is different at the new place.",
      zh: "一步包括：让一个批次前向通过，算出损失和梯度，再由优化器改变参数。普通梯度下降中，每个参数改变“负的学习率乘以梯度”：w = 1、梯度 -12、学习率 0.1，变成 1 + 1.2 = 2.2。然后重新计算梯度，因为到了新位置梯度就不同了。",
    },
    formula: { en: "w <- w - learning rate * dL/dw", zh: "w <- w - 学习率 * dL/dw" },
    profit: {
      en: "One small correction of the weights; in the search for the best inputs, one small change of price and spend.",
      zh: "对权重的一次小修正；在寻找最优输入时，则是对价格和投入的一次小改动。",
    },
    game: {
      en: "One step of the character, against the gradient of the distance.",
      zh: "角色逆着距离的梯度走一步。",
    },
    see: ["batch", "gradient-descent", "learning-rate", "optimizer"],
  },
  {
    id: "validation-set",
    name: { en: "validation set", zh: "验证集" },
    aliases: ["validation", "held-out set", "holdout", "dev set", "验证", "验证数据", "留出集", "开发集"],
    short: {
      en: "Examples kept out of training, by which choices are made.",
      zh: "不参加训练、用来做选择的样本。",
    },
    text: {
      en: "The number of layers, the learning rate or the epoch to keep should not be chosen by the training examples, which the network may have learned by heart. So some are held out: of 60,000 training digits, 5,000 for validation leave 55,000 to learn from. Because choices are made by it, its result becomes a little too favourable in time; the final judgement belongs to the test set.",
      zh: "层数、学习率、保留哪个轮次，都不应由训练样本来决定，因为网络可能已经把它们背下来了。所以要留出一部分：60,000 个训练数字中留 5,000 个用于验证，剩下 55,000 个用于学习。由于选择是根据它做的，它的结果会逐渐偏乐观；最后的评判要留给测试集。",
    },
    profit: {
      en: "Some months that the fit does not see, by which linear and non-linear models are compared.",
      zh: "拟合时不用的几个月，用来比较线性模型和非线性模型。",
    },
    game: {
      en: "Starting places that the policy network was not trained on, by which its size is chosen.",
      zh: "训练策略网络时没有用过的出发点，用来选择网络的大小。",
    },
    see: ["test-set", "overfitting", "accuracy"],
  },
  {
    id: "test-set",
    name: { en: "test set", zh: "测试集" },
    aliases: ["test data", "test", "测试", "测试数据"],
    short: {
      en: "Examples used once, at the very end, to judge the finished network.",
      zh: "只在最后使用一次、用来评判最终网络的样本。",
    },
    text: {
      en: "The test set answers how good the network is on examples that neither training nor any choice has seen. It is itself a sample: at an accuracy of 97.5% on 10,000 examples, the standard error is the square root of 0.975 × 0.025 / 10,000, which is 0.16 percentage points. So two networks at 97.5% and 97.6% may well be equally good. Whoever keeps choosing by the test set turns it into a validation set.",
      zh: "测试集回答的是：在训练和任何选择都没有见过的样本上，网络有多好。它本身也是一个样本：在 10,000 个样本上准确率 97.5%，标准误差是 0.975 × 0.025 / 10,000 的平方根，即 0.16 个百分点。所以 97.5% 和 97.6% 的两个网络很可能一样好。如果反复用测试集来做选择，它就变成了验证集。",
    },
    formula: { en: "standard error = sqrt(p (1 - p) / n)", zh: "标准误差 = sqrt(p (1 - p) / n)" },
    profit: {
      en: "The most recent months, kept aside until the model is final.",
      zh: "最近的几个月，在模型定稿之前一直放着不用。",
    },
    game: {
      en: "New planes with new walls, on which the finished policy is tried once.",
      zh: "带有新墙的新平面，最终的策略在上面只试一次。",
    },
    see: ["validation-set", "accuracy", "overfitting"],
  },
  {
    id: "accuracy",
    name: { en: "accuracy", zh: "准确率" },
    aliases: ["correct rate", "hit rate", "正确率", "精度"],
    short: {
      en: "The share of examples whose predicted class is the true one.",
      zh: "预测类别与真实类别一致的样本所占比例。",
    },
    text: {
      en: "Accuracy is the number of right predictions divided by the number of all predictions: 9,537 right of 10,000 is 95.37%. As the parameters change it moves in jumps and has no useful slope, so training uses the loss instead. Where classes are unequal it can mislead: if 95 of 100 examples are of one class, always answering that class scores 95%.",
      zh: "准确率等于预测正确的个数除以预测总数：10,000 个中对了 9,537 个，就是 95.37%。参数变化时它是跳跃的，没有可用的斜率，所以训练时用的是损失。类别不均衡时它会误导人：如果 100 个样本中有 95 个属于同一类，永远回答这一类也能得 95%。",
    },
    formula: { en: "accuracy = right / all", zh: "准确率 = 正确数 / 总数" },
    profit: {
      en: "An amount is never exactly right, so the mean squared error takes its place.",
      zh: "金额几乎不可能分毫不差，所以改用均方误差来衡量。",
    },
    game: {
      en: "The nearest thing is the share of attempts that reach the goal.",
      zh: "与之相当的是成功到达目标的尝试所占比例。",
    },
    see: ["confusion-table", "loss", "test-set"],
  },
  {
    id: "confusion-table",
    name: { en: "confusion table", zh: "混淆矩阵" },
    aliases: ["confusion matrix", "contingency table", "precision", "recall", "混淆表", "误差矩阵", "精确率", "召回率"],
    short: {
      en: "A table that counts, for every true class, which classes were predicted.",
      zh: "对每个真实类别，统计被预测成了哪些类别的表。",
    },
    text: {
      en: "Here each row is a true class and each column a predicted one; right predictions lie on the diagonal. It shows what accuracy hides: which classes are taken for which. With the rows (8, 2) and (1, 9), 17 of 20 are right, an accuracy of 85%; of the 10 examples of the first class 8 were found (recall 80%), and of the 9 predictions of the first class 8 were right (precision 88.9%).",
      zh: "这里每一行是一个真实类别，每一列是一个预测类别，预测正确的都在对角线上。它显示出准确率掩盖的东西：哪一类被当成了哪一类。若两行是 (8, 2) 和 (1, 9)，20 个中对了 17 个，准确率为 85%；第一类的 10 个样本找到了 8 个（召回率 80%），预测为第一类的 9 个中有 8 个正确（精确率 88.9%）。",
    },
    profit: {
      en: "For “profit or loss?”: how many losing months were taken for profitable ones, and the reverse.",
      zh: "对于“盈利还是亏损”：有多少亏损月被当成盈利月，反过来又有多少。",
    },
    game: {
      en: "Which move was made where which one would have been best.",
      zh: "在本该走某一步的地方，实际走了哪一步。",
    },
    see: ["accuracy", "prediction"],
  },
  {
    id: "overfitting",
    name: { en: "overfitting", zh: "过拟合" },
    aliases: ["overfit", "over-training", "generalisation", "generalization", "过度拟合", "泛化", "过学习"],
    short: {
      en: "Learning the training examples with their accidents instead of what holds in general.",
      zh: "把训练样本连同其中的偶然因素一起记住，而没有学到普遍规律。",
    },
    text: {
      en: "A network with many parameters can remember its examples; then it does better on them than on new ones. The sign is a training loss that still falls while the validation loss rises. Through 3 points with different x runs a polynomial with 3 coefficients exactly, whatever noise the points hold: an error of 0 that says nothing about the next point. More data, a smaller network, dropout, weight decay and stopping in time help.",
      zh: "参数很多的网络可以把样本背下来；这样它在这些样本上的表现就好于新样本。标志是训练损失还在下降，验证损失却在上升。过 x 各不相同的 3 个点，总有一个有 3 个系数的多项式恰好穿过，不管点里有多少噪声：误差为 0，却说明不了下一个点。更多的数据、更小的网络、dropout、权重衰减和及时停止都有帮助。",
    },
    profit: {
      en: "A model that explains twelve past months without error and fails in the thirteenth.",
      zh: "模型把过去十二个月解释得毫无误差，到第十三个月却失灵。",
    },
    game: {
      en: "A policy that has learned one maze by heart and is lost in the next.",
      zh: "策略把一个迷宫背熟了，换一个就不认路。",
    },
    see: ["regularisation", "validation-set", "dropout", "test-set"],
  },
  {
    id: "dropout",
    name: { en: "dropout", zh: "dropout（随机失活）" },
    aliases: ["drop-out", "随机失活", "丢弃法", "暂退法"],
    short: {
      en: "Switching off randomly chosen neurons at each training step, so that none is relied on alone.",
      zh: "每个训练步随机关闭一部分神经元，使网络不依赖其中任何一个。",
    },
    text: {
      en: "With rate p, each value is set to 0 with probability p and otherwise divided by 1 - p, so that its expected value stays the same. At p = 0.2 the surviving values are multiplied by 1 / 0.8 = 1.25; at p = 0.5 the values 2, 4, 1 and 3 may become 4, 0, 2 and 0. It works in training only: in evaluation and prediction nothing is dropped and nothing is scaled.",
      zh: "比率为 p 时，每个值以概率 p 置为 0，否则除以 1 - p，使期望值不变。p = 0.2 时，保留的值乘以 1 / 0.8 = 1.25；p = 0.5 时，2、4、1、3 可能变成 4、0、2、0。它只在训练时起作用：评估和预测时不丢弃，也不缩放。",
    },
    formula: { en: "y = 0 with probability p, else x / (1 - p)", zh: "以概率 p 取 y = 0，否则 y = x / (1 - p)" },
    profit: {
      en: "It keeps the model from building its prediction on a single mixture of the columns.",
      zh: "它防止模型把预测建立在某一种列的组合上。",
    },
    game: {
      en: "It trains a policy that still finds the way when one neuron is missing.",
      zh: "它训练出少一个神经元也能找到路的策略。",
    },
    see: ["overfitting", "ablation", "seed"],
  },
  {
    id: "regularisation",
    name: { en: "regularisation", zh: "正则化" },
    aliases: ["regularization", "regulariser", "regularizer", "early stopping", "正则项", "早停"],
    short: {
      en: "Whatever holds a network back from learning its examples by heart.",
      zh: "防止网络把样本背下来的各种做法。",
    },
    text: {
      en: "Regularisation gives up a little on the training examples to do better on new ones. It may add a penalty to the loss, as weight decay does, disturb the training, as dropout does, or stop in time. With the penalty 0.1 w^2, the weight w = 2.2 and the loss 0.36, what is made small is 0.36 + 0.484 = 0.844. How much of it is right is chosen on the validation set: too much, and the network does not even fit its examples.",
      zh: "正则化在训练样本上让出一点，换取在新样本上更好的表现。它可以给损失加上惩罚项，如权重衰减；可以在训练中加入干扰，如 dropout；也可以及时停止训练。惩罚项为 0.1 w^2、权重 w = 2.2、损失 0.36 时，要变小的是 0.36 + 0.484 = 0.844。用多少合适，由验证集来定：太多，网络连训练样本都拟合不好。",
    },
    profit: {
      en: "It keeps the model from giving a column a large weight because of a single odd month.",
      zh: "它使模型不会因为个别反常的月份就给某一列很大的权重。",
    },
    game: {
      en: "It prefers a policy of simple turns, which still finds its way on a plane it has not seen.",
      zh: "它偏向转弯简单的策略，这样的策略在没见过的平面上也能找到路。",
    },
    see: ["overfitting", "weight-decay", "dropout", "validation-set"],
  },
  {
    id: "weight-decay",
    name: { en: "weight decay", zh: "权重衰减" },
    aliases: ["decay", "L2 regularisation", "L2 regularization", "L2 penalty", "ridge", "L2 正则化", "衰减"],
    short: {
      en: "Pulling every weight a little towards 0 at each step.",
      zh: "每一步都把各个权重向 0 拉近一点。",
    },
    text: {
      en: "Besides its gradient, each weight gets a pull towards 0 in proportion to its own size, so that only weights that keep lowering the loss stay large. With the weight w = 2, the gradient 0, the learning rate 0.1 and the decay 0.5, a step of gradient descent makes w = 2 - 0.1 * 0.5 * 2 = 1.9. For gradient descent this equals a penalty of half the decay times w^2 on the loss; AdamW pulls the weights beside its step instead, since Adam would rescale the penalty.",
      zh: "除了梯度之外，每个权重还按自身大小受到一个拉向 0 的力，只有能不断降低损失的权重才会保持较大。权重 w = 2、梯度 0、学习率 0.1、衰减 0.5 时，梯度下降走一步得到 w = 2 - 0.1 * 0.5 * 2 = 1.9。对梯度下降来说，这等于给损失加上衰减的一半乘 w^2 的惩罚；AdamW 则在自己的步子之外单独拉近权重，因为 Adam 会改变惩罚的尺度。",
    },
    formula: { en: "w <- w - learning rate * (dL/dw + decay * w)", zh: "w <- w - 学习率 * (dL/dw + 衰减 * w)" },
    profit: {
      en: "The weight of a column that says nothing about profit goes back to 0.",
      zh: "与利润无关的列，其权重会退回到 0。",
    },
    game: {
      en: "A spring that pulls the character towards the origin, weaker than the slope towards the goal.",
      zh: "像一根把角色拉向原点的弹簧，但弱于通向目标的坡度。",
    },
    see: ["regularisation", "overfitting", "adam", "weight"],
  },
  {
    id: "hyperparameter",
    name: { en: "hyperparameter", zh: "超参数" },
    aliases: ["hyper-parameter", "setting", "tuning", "调参"],
    short: {
      en: "A number or choice that you set before training, and that training does not change.",
      zh: "训练之前由人选定、训练不会改变的数或选项。",
    },
    text: {
      en: "The number and sizes of the layers, the activation, the learning rate, the batch size, the number of epochs and the dropout rate are hyperparameters. They are compared on the validation set, never on the test set. Trying every combination grows fast: 3 learning rates, 4 layer sizes and 2 batch sizes are 3 * 4 * 2 = 24 trainings.",
      zh: "层数和各层大小、激活函数、学习率、批大小、轮数和 dropout 比率都是超参数。它们在验证集上比较，绝不用测试集。逐一尝试所有组合很快就太多：3 种学习率、4 种层大小和 2 种批大小，就是 3 * 4 * 2 = 24 次训练。",
    },
    profit: {
      en: "How many neurons stand between the columns and the profit, and how far each step goes.",
      zh: "各列与利润之间有多少个神经元，每一步走多远。",
    },
    game: {
      en: "The length of the character's steps, which is set before it starts.",
      zh: "角色的步长，在出发之前就定好。",
    },
    see: ["parameter", "learning-rate", "batch", "validation-set"],
  },
];
