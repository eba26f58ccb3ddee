import type { ReactNode } from "react";

export const en = {
  title: "Draw and explain",
  lead: "Draw a digit, follow it through the network, and see why the network answers as it does.",
  mismatch: (name: string, shape: string) =>
    `This screen is about pictures of 28 × 28 pixels and classes. The network "${name}" takes ${shape} numbers, or gives no classes.`,
  backToDigits: "Back to the digits",
  kOfN: (k: string, n: string) => `${k} of ${n}`,
  words: {
    weight: "weight",
    activation: "activation",
    evidence: "evidence",
    bias: "bias",
    attribution: "attribution",
    encoding: "encoding",
    inputLayer: "input layer",
    features: "features",
    ablation: "ablation",
    logit: "logit",
  },
  provenance: {
    validation: (n: string) => `Validation digit ${n}`,
    training: (n: string) => `Training digit ${n}`,
    drawing: "Your drawing",
    binary: (n: string) => `Digit ${n} in black and white`,
    all: (picture: string, step: string) => `${picture} · step ${step} · forward pass.`,
  },
  answer: {
    opening: "Opening the network…",
    blank: "Nothing is drawn: draw a digit, or take a test digit.",
    dot: "That is only a dot: go on drawing.",
    says: (name: string) => `The network says ${name}.`,
    right: "That is right.",
    wrong: (name: string) => `The right answer is ${name}.`,
    strange: (share: string) =>
      `This looks like none of the digits that the network knows: only ${share} of the test digits lie so far from all others. It has to choose a class anyway, so do not trust its answer.`,
    first: "Show the first digit",
  },
  pad: {
    label: "Pad to draw on. Arrow keys move the pen, Space puts it down or lifts it, Delete clears the pad.",
    tool: "Tool",
    pen: "Pen",
    eraser: "Eraser",
    clear: "Clear",
    random: "Random test digit",
    hint: "Mouse, finger, pen, or arrow keys and Space.",
    stroke: "stroke",
    rubbed: "rubbed out",
    cleared: "The pad is empty.",
    at: (row: string, column: string, isDown: boolean) => `Row ${row}, column ${column}${isDown ? ", drawing" : ""}`,
    down: "Pen down",
    up: "Pen up",
  },
  network: {
    title: "The network",
    label: (sizes: string) =>
      `The network as circles and lines, ${sizes} units. Arrow keys go from unit to unit and select it.`,
    classes: "Classes and their probabilities",
    inputs: "Input",
    outputs: "Output",
    hidden: (n: string) => (n === "" ? "Hidden" : `Hidden ${n}`),
    lines: (counts: string) => `Strong lines: ${counts}.`,
    key: (weight: ReactNode, activation: ReactNode, softmax: ReactNode) => (
      <>
        The bars are the probabilities that {softmax} makes of the output. A line is {weight} × {activation}: solid blue
        adds, dashed orange takes away. Circles that are left out matter less for this answer.
      </>
    ),
    hover: "Point at a circle to see its number and its strongest connections.",
    pixel: (index: string, row: string, column: string, value: string) =>
      `Pixel ${index} (row ${row}, column ${column}): ${value}`,
    output: (name: string, z: string, share: string | null) =>
      `Class ${name}: ${share === null ? "score" : "logit"} ${z}${share === null ? "" : `, probability ${share}`}`,
    unit: (layer: string, unit: string, z: string, y: string, from: string) =>
      `${layer}, unit ${unit}: sum ${z}, activation ${y}${from}`,
    strongestPixel: (from: string, value: string) => `; most from pixel ${from}: ${value}`,
    strongest: (from: string, value: string) => `; most from unit ${from}: ${value}`,
  },
  evidence: {
    title: "Why this answer?",
    ask: "Question",
    why: (name: string) => `Why ${name}?`,
    versus: (name: string, rival: string) => `Why ${name} and not ${rival}?`,
    classLabel: "Class to explain",
    rivalLabel: "Class to compare with",
    not: "and not",
    nothing: "Draw a digit first: without a picture there is nothing to explain.",
    unit: "Unit",
    pixel: "Pixel",
    unitName: (unit: string) => `Unit ${unit}`,
    pixelName: (pixel: string) => `Pixel ${pixel}`,
    factors: "activation × weight",
    factorsOfPixels: "input × weight",
    product: "evidence",
    way: "Running sum",
    rest: (n: string) => `${n} others`,
    logit: (name: string) => `Logit of ${name}`,
    difference: (name: string, rival: string) => `Logit of ${name} less that of ${rival}`,
    network: (logit: string, bound: string) =>
      `The network itself computed ${logit}; rounding may make up ${bound} at most.`,
    counts: (pro: string, contra: string) => `${pro} units speak for it, ${contra} against it.`,
    caption: (evidence: ReactNode, logit: ReactNode) => (
      <>
        The {evidence} of the last hidden layer, strongest first. Blue speaks for the class, hatched orange against it;
        with the bias it sums to the {logit}. Only digits that agree are printed.
      </>
    ),
  },
  pixels: {
    title: "Where in the picture?",
    label: (pro: string, contra: string, pixel: string) =>
      `What each pixel adds: ${pro} for the class, ${contra} against it, most by pixel ${pixel}.`,
    for: "Pixels for it",
    against: "Pixels against it",
    biases: "Biases",
    strongest: "Strongest pixel",
    place: (pixel: string, row: string, column: string) => `${pixel} (row ${row}, column ${column}):`,
    caption: (attribution: ReactNode) => (
      <>
        An {attribution}: gradient × input. With ReLU units, pixels and biases sum to the logit. The outline is the ink.
      </>
    ),
  },
  test: {
    title: "Does the explanation hold?",
    count: "Units to remove",
    button: "Test",
    before: "Remove the units that the explanation names, and as many random ones, and see what becomes of the answer.",
    noHidden: "This network has no hidden layer: there are no units to remove.",
    of: (question: string) => question,
    holds: "The explanation holds.",
    fails: "The explanation does not hold.",
    verdict: (atLeast: string, draws: string, p: string) =>
      `${atLeast} of ${draws} random choices lost as much or more (p = ${p}).`,
    old: "Of before: press Test again.",
    label: (drop: string, mean: string) =>
      `What the answer loses: ${drop} without the strongest units, ${mean} on average without random ones.`,
    axis: "loss without the units; each dot is one random choice",
    strongest: (k: string) => `the ${k} strongest`,
    random: "random",
    randomMean: (k: string) => `${k} random ones, mean`,
    removed: "Removed",
    nothing: "nothing",
    logit: "logit",
    difference: "difference",
    drop: "loss",
    probability: "probability",
    lead: "lead",
    units: (units: string, active: string, available: string) =>
      `Removed: ${units}. Random ones were drawn among the ${active} active of ${available} units.`,
    caption: (ablation: ReactNode, draws: string) => (
      <>
        This is an {ablation}: units give 0 instead of their activation. It is repeated with {draws} random choices of
        active units, because removing anything loses something.
      </>
    ),
  },
  sees: {
    title: "What the network sees",
    label:
      "Left the pad with the crop and the centre of mass, right the 28 × 28 pixels that the network is given, with the box of 20 × 20.",
    pad: "The pad",
    network: "Network: 28 × 28",
    normalise: "Normalise as MNIST",
    encoding: "Encoding of pixels",
    intensity: "Intensity",
    binary: "Binary",
    blank: "Nothing is drawn.",
    lit: (n: string) => `${n} of 784 inputs are not 0.`,
    crop: (width: string, height: string) => `Cropped to ${width} × ${height} of 280 × 280.`,
    how: (encoding: ReactNode) => (
      <>
        Cropped to the ink, fitted into 20 × 20 with its proportions, and laid so that its centre of mass (the cross) is
        that of the digits of MNIST. Then comes the {encoding}.
      </>
    ),
    off: "Not normalised: what is small or off the middle arrives so, and the network has never seen such digits.",
    isRow: "Digits of the data are normalised already.",
    isBinary: (threshold: string) => `Binary: pixels of ${threshold} and more count as 1, the others as 0.`,
    ownBinary: "This network was trained on binary pixels and makes them so itself.",
  },
  unroll: {
    title: "From a picture to a column",
    stage: "Stage of the unrolling",
    stages: { picture: "Picture", row: "Rows end to end", column: "One column" },
    label: "The 784 pixels in their places. Arrow keys follow another pixel.",
    where: (index: string, row: string, column: string) => `Pixel ${index}: row ${row}, column ${column}`,
    rule: (row: string, column: string) => `Row ${row}, column ${column}:`,
    caption: (inputLayer: ReactNode) => (
      <>
        Two moves: the rows are laid end to end, then the long row is set upright as the {inputLayer}. Each pixel keeps
        its index on the way.
      </>
    ),
  },
  tiles: {
    title: "Hidden units",
    layer: "Layer",
    label: "Tiles of weights, one for each unit, with its activation below. Arrow keys go from unit to unit.",
    active: (k: string, n: string) => `${k} of ${n} units are active.`,
    ofPixels: "A tile is the unit's 784 weights, where the pixels are.",
    ofUnits: (across: string) =>
      `A tile is the unit's weights for the units of the layer before, in rows of ${across}.`,
    key: (weight: ReactNode, activation: ReactNode) => (
      <>
        Blue is a {weight} above 0, orange one below. The bar is the {activation}; faint tiles are silent.
      </>
    ),
    unit: (unit: string, z: string, y: string) => `Unit ${unit}: sum ${z}, activation ${y}`,
    hover: "Point at a tile to see its numbers; press to select the unit on every screen.",
  },
  probes: {
    title: "Do hidden layers know more than pixels?",
    button: "Measure",
    stop: "Stop",
    before: "Takes a few seconds.",
    running: (share: string) => `Measuring… ${share}`,
    layer: "What the probe reads",
    pixels: "Pixels",
    numbers: "numbers",
    right: "right",
    bar: "Share that is right",
    more: (layer: string, points: string) =>
      `${layer} tells the digits apart better than the pixels: ${points} points more are right.`,
    less: "No hidden layer tells the digits apart better than the pixels.",
    measured: (training: string, validation: string, step: string) =>
      `Fitted to ${training} training digits, measured with ${validation} others; each probe with the pull that serves it best. Step ${step}.`,
    caption: (features: ReactNode) => (
      <>
        A linear probe is a classifier without hidden layers that reads what one layer gives. If it gets more right
        there than from the pixels, the layer holds more useful {features}.
      </>
    ),
  },
};

export type DrawMessages = typeof en;
