import type { GameLoss } from "../../game/losses.ts";

/** Settings worth a look. */
export interface Try {
  readonly label: string;
  readonly to: { readonly rate: number; readonly momentum?: number; readonly noise?: number };
}

const tries: Readonly<Record<GameLoss, readonly Try[]>> = {
  distance: [
    { label: "Calm", to: { rate: 1 } },
    { label: "Overshoot", to: { rate: 5 } },
    { label: "Noisy", to: { rate: 1, noise: 1.5 } },
  ],
  squared: [
    { label: "Calm", to: { rate: 0.05 } },
    { label: "To and fro", to: { rate: 0.9 } },
    { label: "Diverging", to: { rate: 1.1 } },
    { label: "Momentum", to: { rate: 0.02, momentum: 0.9 } },
  ],
  walking: [
    { label: "Calm", to: { rate: 1 } },
    { label: "Overshoot", to: { rate: 5 } },
    { label: "Noisy", to: { rate: 1, noise: 1.5 } },
  ],
};

export const en = {
  title: "Game lab",
  lead: "A character wants to reach a goal. How far it is off is the [loss](loss); the [gradient](gradient) says where that grows, and each step goes against it: [gradient descent](gradient-descent), with a place where a network has its [weights](weight).",
  partDescent: "1 · Walking downhill",
  partPolicy: "2 · A network that walks",
  partRace: "3 · You against it",
  none: "not reached",
  losses: { distance: "Distance", squared: "Squared distance", walking: "Walking distance" },
  shortLosses: { distance: "Distance", squared: "Squared", walking: "Walking" },
  provenance: (loss: string, step: string, rate: string) => `${loss}, step ${step}, rate ${rate}.`,

  outcomes: {
    goal: "At the goal.",
    stuck: "Stuck: the slope leads into a wall, or there is none.",
    overshoot: "Overshooting: it keeps moving and comes no nearer. The rate is too large.",
    diverged: "Diverged: every step is longer than the last. The rate is far too large.",
    steps: "Stopped after 600 steps, before the goal.",
  },
  ends: { goal: "At the goal", stuck: "Stuck", overshoot: "Overshoots", diverged: "Diverges", steps: "600 steps" },

  plane: {
    title: "The plane",
    tool: "Pointer",
    move: "Drag",
    draw: "Draw a wall",
    words: { start: "Start", goal: "Goal" },
    map: "Shade the loss",
    noWay: "No way leads from the start to the goal.",
    label:
      "The plane. Arrow keys move what is selected, with Shift five times as far. Space selects the next: goal, start, each wall. Delete removes a wall.",
    keys: {
      walk: (loss: string) => `Walk on ${loss.toLowerCase()}`,
      shortest: "Shortest way",
      straight: "Straight line",
      gradient: "Gradient ∇",
      step: "Step",
    },
    live: (step: string, x: string, y: string, outcome: string) =>
      `Step ${step} at x ${x}, y ${y}. The walk: ${outcome}`,
    caption: (loss: string) =>
      `Drag the goal, the start or a wall; the walk follows. Shading and lines of equal height show the [loss](loss) (${loss.toLowerCase()}): the closer the lines, the steeper the slope.`,
  },

  arena: {
    deed: "Change the plane",
    selected: "Selected",
    wall: (n: string) => `Wall ${n}`,
    width: "Width",
    height: "Height",
    add: "Add wall",
    remove: "Remove",
    open: "No walls",
    walls: "Pocket",
    anywhere: "Random",
    refused: "That is not possible: the walls would leave no place to stand, or there are too many of them.",
  },

  player: {
    play: "Play",
    pause: "Pause",
    toStart: "To the start",
    forward: "One step on",
    toEnd: "To the end",
    slider: "Step",
    at: (k: string, of: string) => `${k} of ${of}`,
  },

  settings: {
    title: "What it descends on",
    loss: "Loss",
    rate: "Rate",
    momentum: "Momentum",
    noise: "Noise",
    seed: "Seed",
    tries: (loss: GameLoss) => tries[loss],
    about: {
      distance:
        "Its slope is 1 everywhere, so all steps are equally long: [rate](learning-rate) × 1. Near the goal they are too long, and it steps across.",
      squared:
        "Its slope is twice the distance: long steps from afar, short ones close by. From a [rate](learning-rate) of 1 on, each step lands farther off than it began.",
      walking:
        "The length of the shortest way around the walls. Its slope is 1 and leads around corners, so there is no pocket to be caught in.",
    } satisfies Record<GameLoss, string>,
  },

  outcome: {
    title: "How it went",
    walking: "It is walking…",
    steps: "Steps",
    way: "Way",
    straight: "Straight line",
    shortest: "Shortest way",
    ratio: "Way ÷ shortest",
    caption: (loss: string) =>
      `Descent on ${loss.toLowerCase()}. The quotient counts what is left to the goal's centre.`,
  },

  step: {
    title: "One step in numbers",
    rule: "x ← x − rate · ∇",
    ruleAll: "v ← momentum · v + ∇ + noise,  x ← x − rate · v",
    stepOf: (k: string, of: string) => `Step ${k} of ${of}`,
    at: "It stands at",
    gradient: "Gradient ∇",
    move: "Step, against it",
    to: "It arrives at",
    loss: { distance: "Loss: distance", squared: "Loss: distance²", walking: "Loss: way to walk" } satisfies Record<
      GameLoss,
      string
    >,
    slope: "Size of ∇",
    left: "Straight to the goal",
    blocked: "A wall changed this step: what led into it is taken away, the rest slides along.",
    caption: "The [gradient](gradient) points to where the loss grows fastest; its size is the slope.",
    scales: (step: string) => `The step's arrow is drawn ${step} times as long as the step.`,
  },

  chart: {
    title: "Loss against steps",
    now: "Here",
    step: "Step",
    log: "Log",
    caption: "Falling: it comes nearer. To and fro: it [oversteps](learning-rate). Rising: it diverges.",
  },

  compare: {
    title: "The three losses side by side",
    rate: "Rate",
    end: "How it ended",
    caption:
      "Each from the same start to the same goal. Where a wall lies across the slope, distance has a pocket, a [minimum](loss-optimisation) that is not the goal: naive descent is caught there. The walking distance has no such pocket. Both are [gradient descent](gradient-descent); what differs is the loss.",
    captionOpen:
      "Each from the same start to the same goal. Without walls all three lead straight: the walking distance is the distance. Put a wall in between and see which of them finds around it.",
  },

  policy: {
    title: "Attempts",
    learn: "Teach it",
    again: "Teach it anew",
    stop: "Stop here",
    learning: "Learning",
    starting: "The first attempts, before it has learnt anything…",
    none: "There is no policy yet. It is a small network: 15 inputs, two hidden layers of 64, and two outputs, the direction of its step. Teach it, and its attempts are drawn here after every epoch.",
    epochs: "Epochs",
    epoch: "Epoch",
    untaught: "before learning",
    progress: (epoch: string, of: string, updates: string) => `Epoch ${epoch} of ${of} · ${updates} updates`,
    report: (epoch: string, reached: string, of: string, ratio: string) =>
      `Epoch ${epoch}: ${reached} of ${of} goals reached. Start to goal, way ÷ shortest: ${ratio}.`,
    otherWalls: "It has learnt among these walls, not among those above. Teach it anew to have it learn the others.",
    label: (epoch: string, reached: string, of: string) =>
      `Attempts after epoch ${epoch}: ${reached} of ${of} reached their goals.`,
    caption:
      "Nobody shows it the way. It walks ten steps; the [loss](loss) is how far it is from the goal then, and [backpropagation](backpropagation) carries that distance back through all ten steps to the [weights](weight). The same 16 attempts are drawn after every [epoch](epoch): yours from start to goal (thick), and 15 to goals on shaded fields, which it never trains on. Dashed with a cross: not reached.",
  },

  open: {
    open: "Open in the microscope",
    back: "Back to the model before",
    deed: "Open the policy",
    opened:
      "The workspace is about the policy now: microscope, backpropagation and training look at it, and what is changed there walks here.",
    step: "Step of its way, for every screen",
    row: "Row of its data, for every screen",
    says: (output: string, step: string) =>
      `Outputs ${output} → step ${step}. Grey lines: how far it feels in eight directions.`,
  },

  /** What the policy is told, in its order. */
  senses: [
    "ray →",
    "ray ↘",
    "ray ↓",
    "ray ↙",
    "ray ←",
    "ray ↖",
    "ray ↑",
    "ray ↗",
    "sight",
    "x",
    "y",
    "goal x",
    "goal y",
    "to goal x",
    "to goal y",
  ],

  epochs: {
    title: "What it learns from",
    attempts: "Attempts ended",
    reached: "at their goal",
    loss: "Loss: mean walking distance",
    epoch: "Epoch",
    none: "Each epoch adds a point here: attempts that ended, how many of them at the goal, and the loss.",
    provenance: (seed: string) => `Seed ${seed}, 50 updates an epoch, 128 characters at a time.`,
    caption:
      "A better policy arrives sooner and is sent on to a new, far goal at once. So attempts grow in number, while the [loss](loss), a mean over everybody under way, need not fall to 0.",
  },

  exam: {
    title: "Exam: 200 unseen goals",
    none: "When it has learnt, it is sent to 200 goals that it was never sent to in training.",
    reached: "Reached",
    missed: "Not reached",
    unseen: "Field never trained on",
    before: "Before learning",
    after: (epoch: string) => `After ${epoch} epochs`,
    now: "As it is in the workspace",
    share: "Reached",
    median: "Way ÷ shortest, median",
    worst: "worst",
    again: "Examine again",
    nextMissed: "Next one missed",
    pick: "Choose a goal to see the way there.",
    one: (n: string, start: string, goal: string, ratio: string) =>
      `Goal ${n}: from ${start} to ${goal}, way ÷ shortest: ${ratio}.`,
    label: (reached: string, of: string) =>
      `The exam: ${reached} of ${of} goals were reached. Arrow keys go from goal to goal.`,
    caption:
      "What was unseen: the goals. The plane is a chessboard; in training it was sent to goals on plain fields only, here all lie on shaded ones. Seen were the walls, and starts come from everywhere in both. So this is a [test set](test-set) of goals, not of walls.",
  },

  race: {
    title: "Race",
    against: "Against",
    policy: "The policy",
    walking: "Descent",
    waiting: "Finding the other's way…",
    noPolicy: "Teach the policy above to race it; until then you run against descent on the walking distance.",
    words: {
      you: "You",
      paused: "Paused\nSpace or an arrow key goes on",
      ready: "Ready\nHold an arrow key, or press\nand hold where you want to go",
    },
    label:
      "Race. Hold arrow keys to run, two at once to run aslant; Space or Escape pauses. By touch: hold the finger where you want to go.",
    keys: "Arrow keys run, two at once aslant. Space pauses. By finger or mouse: hold it where you want to go.",
    status: { ready: "It begins with your first step.", running: "Running.", paused: "Paused.", over: "Over." },
    won: (isHuman: boolean, rival: string) => (isHuman ? "You were first." : `${rival} was first.`),
    time: "Time",
    seconds: (s: string) => `${s} s`,
    never: "never",
    pause: "Pause",
    again: "Once more",
    next: "Another goal",
    caption:
      "Both run 30 units a second at most, and walls stop both alike. You are there when you touch the goal's ring. The policy sees what you see in 15 numbers: its place, the goal, and eight feelers of 20 units.",
  },
};

export type GameMessages = typeof en;
