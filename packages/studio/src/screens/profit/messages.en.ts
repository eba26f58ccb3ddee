import type { InputStopReason } from "glassnet";

const reasons: Readonly<Record<InputStopReason, string>> = {
  flat: "The slope is 0: an optimum inside the bounds.",
  bound: "Held by a bound: beyond it the loss would still fall.",
  target: "The target is predicted.",
  precision: "No smaller step changes the loss: the digits end here.",
  steps: "All steps were made before the slope was 0.",
  stopped: "It was stopped.",
  diverged: "It diverged: the rate is too large.",
};

export const en = {
  title: "Profit lab",
  lead: "A [network](neural-network) learns from a company's books what profit to expect. Then its [weights](weight) are held still, and the [gradient](gradient) is taken for the inputs instead: it says how to change price and marketing until the profit is the best.",
  partBooks: "1 · The books, and what is learnt from them",
  partSearch: "2 · The best decision",
  inputs: {
    price: "Price",
    marketing: "Marketing",
    competitor: "Competitor's price",
    season: "Season",
    profit: "Profit",
    winter: "Winter",
    spring: "Spring",
    summer: "Summer",
    autumn: "Autumn",
  },
  shortInputs: { competitor: "Competitor" },
  euro: "€",
  thousands: "k€",
  fits: { linear: "Linear", curved: "Non-linear" },
  model: "Model",
  provenance: (model: string, epochs: string, seed: string) => `${model} model after ${epochs} epochs, seed ${seed}.`,
  provenanceBoth: (epochs: string, seed: string) => `Both models after ${epochs} epochs, seed ${seed}.`,
  provenanceNow: (model: string) => `${model} model, as it stands in the workspace now.`,
  none: "–",
  comma: ", ",
  /** Between two sentences. */
  gap: " ",

  source: {
    title: "Where the numbers come from",
    label: "Data",
    company: "A made-up company",
    table: "Your own table (CSV)",
    rows: "Months",
    noise: "Noise",
    noiseText: (n: string) => `± ${n} k€`,
    seed: "Seed",
    reveal: "Show the true formula",
    about:
      "A shop that sells one thing. The books hold its price, its marketing, the competitor's price, the season and the profit of each month, with noise that nobody can foresee. The formula behind them is known, so what the network finds can be compared with the truth.",
    formula: [
      "demand = 40 − 1.5 · price + 0.6 · competitor + 0.9 · √marketing",
      "profit = (price − 12) · demand − marketing − 100 + season",
    ],
    formulaUnits:
      "Demand in thousands of pieces, money in k€, prices in €. Season: winter −24, spring −4, summer +10, autumn +18.",
    save: "Save as CSV",
    fileName: "company.csv",
    fitting: (model: string, epoch: string, of: string) => `${model}: epoch ${epoch} of ${of}`,
    fitted: (rows: string, kept: string, epochs: string, seed: string) =>
      `Both models learnt from ${rows} rows over ${epochs} epochs, seed ${seed}; ${kept} rows were kept apart.`,
    nothing: "No table yet; a link cannot carry one. Paste one, or choose a file.",
  },

  csv: {
    paste: "Paste a table: one row for each month or day, names in the first line",
    placeholder: "price,marketing,season,profit\n19.5,12,winter,48.2\n…",
    choose: "Choose a file",
    use: "Learn from it",
    sample: "Fill in an example",
    columns: "What each column is",
    column: "Column",
    holds: "Holds",
    role: "Use as",
    roles: { input: "Input", target: "Target", out: "Left out" },
    number: (low: string, high: string) => `numbers, ${low} to ${high}`,
    level: (n: string) => `${n} different words`,
    words: (n: string) => `${n} different words: too many`,
    constant: "the same in all rows",
    rows: (n: string) => `${n} rows`,
    leftOut: (n: string) => `${n} rows with missing numbers are left out.`,
    stays: "The table stays on this machine. A link cannot carry it.",
    faults: {
      empty: "There is nothing in it.",
      "no-numbers": (columns: string) =>
        `None of its ${columns} columns holds numbers. A network learns from numbers: at least one input and one target.`,
      "all-constant": "Its numbers are the same in all rows: there is nothing to learn from them.",
      "one-number": (column: string) =>
        `Only the column “${column}” holds numbers. Two are needed: an input to decide on and a target to predict.`,
      "few-rows": (rows: string, least: string) => `It has ${rows} rows; at least ${least} are needed.`,
      "many-rows": (most: string) => `It has more than ${most} rows.`,
      "many-columns": (columns: string, most: string) => `It has ${columns} columns; at most ${most} are taken.`,
      large: "The file is too large.",
      unreadable: "The file could not be read.",
      "no-target": "Choose one column of numbers as the target.",
      "no-inputs": "Choose at least one column of numbers as an input.",
      incomplete: (least: string) => `Fewer than ${least} rows have all the numbers that are used.`,
      "constant-target": "The target is the same in all rows: there is nothing to predict.",
    },
  },

  rows: {
    title: "Actual and predicted",
    part: "Rows",
    parts: { training: "Learnt from", validation: "Kept apart" },
    row: "Row",
    actual: "Actual",
    predicted: "Predicted",
    difference: "Difference",
    square: "Square",
    mean: "Mean of the squares",
    loss: "Loss of the library",
    rows: (n: string) => `${n} rows`,
    one: (actual: string, predicted: string, difference: string, square: string) =>
      `${actual} − ${predicted} = ${difference}, squared ${square}`,
    caption:
      "The [loss](loss) cannot be the difference itself, or too high a prediction would make it as small as you like. It is the mean of its squares, the [mean squared error](mean-squared-error).",
    begin: "Begin the search here",
  },

  losses: {
    title: "How well each model fits",
    training: "Learnt from",
    validation: "Kept apart",
    parameters: "Parameters",
    floor: (loss: string) =>
      `The noise alone makes a loss of ${loss} on rows that were kept apart: no model gets below that for long.`,
    caption:
      "The linear model has one [weight](weight) for each input and a [bias](bias). The other one has two [hidden layers](hidden-layer) of 16 tanh units, which can bend.",
    formula: "The linear model, written out",
    per: (unit: string, name: string) => `for each ${unit} more: ${name}`,
    perPlain: (name: string) => `for each unit more: ${name}`,
    open: "Open in the microscope",
    opened: "The workspace is about this model now",
    back: "Back to the model of before",
    openLabel: (name: string) => `Open a model of the profit lab: ${name}`,
  },

  bias: {
    title: (column: string) => `The bias of each ${column.toLowerCase()}`,
    titleNone: "One bias for all rows",
    column: "Column",
    bias: "Linear: bias + weight",
    linear: "Linear",
    curved: "Non-linear",
    truth: "True",
    effect: "Fixed effect",
    caption:
      "A season is an input that is 1 in its months and 0 in the others, so its weight is a [bias](bias) that is switched on. Its fixed effect is how far it lies from the mean of all.",
    captionTable:
      "A word is an input that is 1 in its rows and 0 in the others, so its weight is a [bias](bias) that is switched on. Its fixed effect is how far it lies from the mean of all.",
    chart: (levels: string) => `Fixed effects: ${levels}`,
    empty: "This table has no column of words, so there is one bias for all rows.",
    only: (bias: string) => `Bias of the linear model: ${bias}, the prediction for an average row.`,
  },

  surface: {
    title: (target: string) => `Predicted ${target.toLowerCase()}`,
    across: "Across",
    up: "Up",
    label: (x: string, y: string) =>
      `Map of predictions over ${x} and ${y}. Arrow keys move the start; with Shift further.`,
    live: (x: string, y: string, prediction: string, slopes: string) => `Start at ${x}, ${y}: ${prediction}. ${slopes}`,
    slope: (name: string, slope: string) => `Slope for ${name} ${slope}.`,
    caption: (rows: string) =>
      `Blue above 0, orange below; lines join equal predictions. Dots are ${rows} rows; hatched is where the data know nothing like it. Drag the start, tap, or use arrow keys.`,
    captionMean: (rows: string, mean: string) =>
      `Blue above the mean ${mean}, orange below; lines join equal predictions. Dots are ${rows} rows; hatched is where the data know nothing like it. Drag the start, tap, or use arrow keys.`,
    others: (list: string) => `Everything else as chosen: ${list}.`,
    start: "start",
    found: "found",
    best: "true best",
    here: (step: string) => `step ${step}`,
    flat: "A surface needs two inputs that are numbers; this table has one. The curve below shows it.",
  },

  plan: {
    title: "Goal and bounds",
    goal: "Goal",
    goals: { maximize: "The most", minimize: "The least", target: "A target" },
    target: "Target",
    losses: {
      maximize: "loss = −predicted",
      minimize: "loss = predicted",
      target: "loss = (target − predicted)²",
    },
    knob: "Turn",
    knobOf: (name: string) => `Turn ${name}`,
    fixed: "stays",
    start: "Start",
    startOf: (name: string) => `Start of ${name}`,
    low: "From",
    lowOf: (name: string) => `Least ${name}`,
    high: "To",
    highOf: (name: string) => `Greatest ${name}`,
    input: "Input",
    rate: "Step size",
    rates: { found: "Found at each step", fixed: "Fixed" },
    rateValue: "Rate",
    noKnobs: "Everything stays as it is: let at least one input be turned.",
    reset: "As at first",
    caption:
      "x ← x − η · s² · ∂loss/∂x, cut off at the bounds: [gradient descent](gradient-descent) on the inputs, while the weights stay. s is what lies between the bounds; with a fixed rate it is 1.",
  },

  result: {
    title: "What was found",
    found: "Found",
    best: "True best",
    difference: "Difference",
    predicted: "Predicted",
    really: "Really earned",
    regret: "Missed of the best",
    input: "Input",
    steps: (n: string) => `after ${n} steps`,
    reasons,
    outside: "Outside the data: here the network is guessing.",
    beyond: (name: string, value: string, low: string, high: string) =>
      `${name} is ${value}; the rows have ${low} to ${high}.`,
    far: (distance: string, limit: string) =>
      `No rows are near: ${distance} standard deviations to the nearest ones, ${limit} is usual.`,
    left: (step: string) => `The way leads outside the data at step ${step}, and back.`,
    inside: "Within what the data know.",
    atBound: (name: string, bound: string) => `${name} ends at its bound ${bound}.`,
    caption: "The true best is computed from the formula of the company, within the same bounds.",
    captionTable: "Of your own table nobody knows the truth: try it with care, and add what happens to the table.",
    target: (loss: string) => `Loss (target − predicted)² = ${loss}`,
  },

  compare: {
    title: "Linear against non-linear",
    along: "Along",
    label: (x: string) => `Predictions along ${x}`,
    truth: "Truth",
    linearEnds: (bounds: string, truth: string) =>
      `The linear model has no best value inside: it runs to ${bounds}${truth}.`,
    ends: (model: string, bounds: string, truth: string) =>
      `The ${model.toLowerCase()} model ends at ${bounds}${truth}.`,
    inner: (model: string, inputs: string, truth: string) =>
      `The ${model.toLowerCase()} model finds an optimum inside: ${inputs}${truth}.`,
    other: (model: string, reason: string) => `The ${model.toLowerCase()} model: ${reason}`,
    really: (profit: string) => `, which really earns ${profit}`,
    bound: (name: string, value: string) => `${name} ${value}`,
    caption:
      "A weighted sum is a plane: it always goes on rising in one direction. It takes an [activation](activation) that bends to have a best value inside.",
  },

  steps: {
    title: "Every step of the inputs",
    step: "Step",
    loss: "Loss",
    predicted: "Predicted",
    rate: "η",
    partial: (name: string) => `∂/∂ ${name}`,
    outside: "Outside",
    play: "Play",
    pause: "Pause",
    toStart: "To the start",
    back: "Back",
    forward: "One step",
    toEnd: "To the end",
    at: (step: string, of: string) => `Step ${step} of ${of}`,
    slider: "Step",
    detail: "This step, input by input",
    value: "Value",
    slope: "∂predicted/∂x",
    gradient: "∂loss/∂x",
    move: "Change",
    next: "Next",
    stays: "stays",
    caption:
      "∂predicted/∂x says how much more is predicted for one unit more of x, all else equal. It is [backpropagation](backpropagation) carried one layer further, to the [inputs](input-layer).",
  },
};

export type ProfitMessages = typeof en;
