import type { GameLoss } from "../../game/losses.ts";
import type { GameMessages } from "./messages.en.ts";

const tries: Readonly<Record<GameLoss, ReturnType<GameMessages["settings"]["tries"]>>> = {
  distance: [
    { label: "平稳", to: { rate: 1 } },
    { label: "越过", to: { rate: 5 } },
    { label: "带噪声", to: { rate: 1, noise: 1.5 } },
  ],
  squared: [
    { label: "平稳", to: { rate: 0.05 } },
    { label: "来回摆动", to: { rate: 0.9 } },
    { label: "发散", to: { rate: 1.1 } },
    { label: "动量", to: { rate: 0.02, momentum: 0.9 } },
  ],
  walking: [
    { label: "平稳", to: { rate: 1 } },
    { label: "越过", to: { rate: 5 } },
    { label: "带噪声", to: { rate: 1, noise: 1.5 } },
  ],
};

export const zh: GameMessages = {
  title: "游戏实验室",
  lead: "一个小人要走到目标。它离目标有多远，就是[损失](loss)；[梯度](gradient)指出损失往哪边增大，每一步都逆着它走：这就是[梯度下降](gradient-descent)，只不过网络里调的是[权重](weight)，这里调的是位置。",
  partDescent: "1 · 顺坡而下",
  partPolicy: "2 · 会走路的网络",
  partRace: "3 · 你和它比一比",
  none: "没有走到",
  losses: { distance: "距离", squared: "距离的平方", walking: "步行距离" },
  shortLosses: { distance: "距离", squared: "平方", walking: "步行" },
  provenance: (loss, step, rate) => `${loss}，第 ${step} 步，步长率 ${rate}。`,

  outcomes: {
    goal: "到达目标。",
    stuck: "卡住了：坡度指向墙里，或者根本没有坡度。",
    overshoot: "越过：一直在动，却不再靠近。步长率太大。",
    diverged: "发散：一步比一步长。步长率大得太多。",
    steps: "走了 600 步还没到，停下了。",
  },
  ends: { goal: "到达", stuck: "卡住", overshoot: "越过", diverged: "发散", steps: "走满 600 步" },

  plane: {
    title: "平面",
    tool: "指针",
    move: "拖动",
    draw: "画一堵墙",
    words: { start: "起点", goal: "目标" },
    map: "用深浅显示损失",
    noWay: "从起点没有路通到目标。",
    label: "平面。方向键移动选中的东西，按住 Shift 一次移五倍；空格依次选中目标、起点和每堵墙；Delete 删除墙。",
    keys: {
      walk: (loss) => `按${loss}走的路`,
      shortest: "最短的路",
      straight: "直线",
      gradient: "梯度 ∇",
      step: "一步",
    },
    live: (step, x, y, outcome) => `第 ${step} 步，位于 x ${x}，y ${y}。结果：${outcome}`,
    caption: (loss) => `拖动目标、起点或墙，路线随之改变。深浅和等值线表示[损失](loss)（${loss}）：线越密，坡越陡。`,
  },

  arena: {
    deed: "改动平面",
    selected: "选中",
    wall: (n) => `墙 ${n}`,
    width: "宽",
    height: "高",
    add: "加墙",
    remove: "删除",
    open: "无墙",
    walls: "口袋",
    anywhere: "随机",
    refused: "这样不行：墙把能站的地方都占了，或者墙太多了。",
  },

  player: {
    play: "播放",
    pause: "暂停",
    toStart: "回到开头",
    forward: "前进一步",
    toEnd: "到末尾",
    slider: "步",
    at: (k, of) => `第 ${k} / ${of}`,
  },

  settings: {
    title: "沿什么下降",
    loss: "损失",
    rate: "步长率",
    momentum: "动量",
    noise: "噪声",
    seed: "随机种子",
    tries: (loss) => tries[loss],
    about: {
      distance: "坡度处处为 1，所以每步一样长：[步长率](learning-rate) × 1。到了目标附近步子还是这么长，就会跨过去。",
      squared:
        "坡度是距离的两倍：远处步子长，近处步子短。[步长率](learning-rate)达到 1 以后，每一步落下的地方都比出发时更远。",
      walking: "绕过墙的最短路有多长。坡度处处为 1，并且绕着墙角走，所以没有会困住人的口袋。",
    },
  },

  outcome: {
    title: "走得怎样",
    walking: "正在走……",
    steps: "步数",
    way: "路程",
    straight: "直线距离",
    shortest: "最短的路",
    ratio: "路程 ÷ 最短",
    caption: (loss) => `按${loss}下降。比值里算上了到目标中心还差的那一段。`,
  },

  step: {
    title: "一步里的数字",
    rule: "x ← x − 步长率 · ∇",
    ruleAll: "v ← 动量 · v + ∇ + 噪声，  x ← x − 步长率 · v",
    stepOf: (k, of) => `第 ${k} 步，共 ${of} 步`,
    at: "现在站在",
    gradient: "梯度 ∇",
    move: "逆着它走的一步",
    to: "走到",
    loss: { distance: "损失：距离", squared: "损失：距离²", walking: "损失：要走的路" },
    slope: "∇ 的大小",
    left: "到目标的直线",
    blocked: "墙改变了这一步：指向墙里的部分被去掉，其余的沿着墙滑过去。",
    caption: "[梯度](gradient)指向损失增大最快的方向，它的长短就是坡度。",
    scales: (step) => `图中这一步的箭头画成了实际的 ${step} 倍长。`,
  },

  chart: {
    title: "损失随步数的变化",
    now: "这里",
    step: "步",
    log: "对数",
    caption: "下降：越走越近。来回：[跨过了头](learning-rate)。上升：发散。",
  },

  compare: {
    title: "三种损失放在一起看",
    rate: "步长率",
    end: "结果",
    caption:
      "起点和目标都相同。墙横在坡上的地方，直线距离有一个口袋，那是[极小值](loss-optimisation)，却不是目标：朴素的下降就困在里面。步行距离没有这样的口袋。两者都是[梯度下降](gradient-descent)，差别只在损失。",
    captionOpen: "起点和目标都相同。没有墙时三种都笔直走过去：步行距离就是直线距离。在中间放一堵墙，看看谁绕得过去。",
  },

  policy: {
    title: "尝试",
    learn: "教它走路",
    again: "从头再教",
    stop: "停在这里",
    learning: "学习中",
    starting: "什么都还没学时的头几次尝试……",
    none: "还没有策略网络。它是一个小网络：15 个输入，两个各有 64 个单元的隐藏层，两个输出表示下一步的方向。教它走路，每一轮之后这里会画出它的尝试。",
    epochs: "轮数",
    epoch: "轮",
    untaught: "学习之前",
    progress: (epoch, of, updates) => `第 ${epoch} 轮，共 ${of} 轮 · 更新了 ${updates} 次`,
    report: (epoch, reached, of, ratio) =>
      `第 ${epoch} 轮：${of} 个目标走到 ${reached} 个。从起点到目标，路程 ÷ 最短：${ratio}。`,
    otherWalls: "它是在这些墙之间学的，不是上面那些。要它学会别的墙，请从头再教。",
    label: (epoch, reached, of) => `第 ${epoch} 轮之后的尝试：${of} 个目标走到 ${reached} 个。`,
    caption:
      "没有人告诉它路怎么走。它走十步，[损失](loss)就是这时离目标还有多远；[反向传播](backpropagation)把这段距离穿过全部十步带回到[权重](weight)。每一[轮](epoch)之后画的都是同样的 16 次尝试：粗线是你的起点到目标，另外 15 次的目标在带阴影的格子里，训练从不去那里。虚线加叉：没有走到。",
  },

  open: {
    open: "在显微镜里打开",
    back: "回到之前的模型",
    deed: "打开策略网络",
    opened: "工作区现在围绕这个策略网络：显微镜、反向传播和训练看的都是它，在那里改了什么，这里就怎么走。",
    step: "它路上的第几步（各屏幕共用）",
    row: "数据的第几行（各屏幕共用）",
    says: (output, step) => `输出 ${output} → 一步 ${step}。灰线：它在八个方向上能感觉多远。`,
  },

  senses: [
    "触须 →",
    "触须 ↘",
    "触须 ↓",
    "触须 ↙",
    "触须 ←",
    "触须 ↖",
    "触须 ↑",
    "触须 ↗",
    "视线",
    "位置 x",
    "位置 y",
    "目标 x",
    "目标 y",
    "距目标 x",
    "距目标 y",
  ],

  epochs: {
    title: "它从什么中学习",
    attempts: "结束的尝试",
    reached: "其中走到目标的",
    loss: "损失：平均步行距离",
    epoch: "轮",
    none: "每一轮在这里添一个点：结束了多少次尝试，其中多少走到目标，以及损失。",
    provenance: (seed) => `种子 ${seed}，每轮更新 50 次，同时走 128 个小人。`,
    caption:
      "学得好，就到得早，随即又被派往新的、远处的目标。所以尝试次数越来越多，而[损失](loss)是所有还在路上的小人的平均值，不一定降到 0。",
  },

  exam: {
    title: "考试：200 个没见过的目标",
    none: "学完以后，它会被派往 200 个训练中从没去过的目标。",
    reached: "走到",
    missed: "没走到",
    unseen: "从不用于训练的格子",
    before: "学习之前",
    after: (epoch) => `学了 ${epoch} 轮`,
    now: "工作区里现在的样子",
    share: "走到",
    median: "路程 ÷ 最短，中位数",
    worst: "最差",
    again: "再考一次",
    nextMissed: "下一个没走到的",
    pick: "选一个目标，看看它怎么走。",
    one: (n, start, goal, ratio) => `目标 ${n}：从 ${start} 到 ${goal}，路程 ÷ 最短：${ratio}。`,
    label: (reached, of) => `考试：${of} 个目标走到 ${reached} 个。方向键在目标之间移动。`,
    caption:
      "没见过的是目标。平面像棋盘：训练时只被派往素色格子里的目标，考试的目标全在带阴影的格子里。墙是见过的；起点在两种情形下都来自整个平面。所以这是目标的[测试集](test-set)，不是墙的。",
  },

  race: {
    title: "赛跑",
    against: "对手",
    policy: "策略网络",
    walking: "梯度下降",
    waiting: "正在找对手的路线……",
    noPolicy: "先在上面教会策略网络，就能和它比；在那之前，对手是沿步行距离下降的小人。",
    words: {
      you: "你",
      paused: "已暂停\n按空格或方向键继续",
      ready: "准备好了\n按住方向键，\n或按住想去的地方",
    },
    label: "赛跑。按住方向键跑，同时按两个就斜着跑；空格或 Esc 暂停。触屏：手指按住想去的地方。",
    keys: "方向键跑，同时按两个斜着跑。空格暂停。手指或鼠标：按住想去的地方。",
    status: { ready: "你迈出第一步就开始。", running: "正在跑。", paused: "已暂停。", over: "结束。" },
    won: (isHuman, rival) => (isHuman ? "你先到。" : `${rival}先到。`),
    time: "用时",
    seconds: (s) => `${s} 秒`,
    never: "到不了",
    pause: "暂停",
    again: "再来一次",
    next: "换个目标",
    caption:
      "双方每秒最多跑 30 个单位，墙对双方一视同仁。碰到目标的圆环就算到。策略网络看到的和你一样，只是变成了 15 个数：自己的位置、目标，以及八根长 20 个单位的触须。",
  },
};
