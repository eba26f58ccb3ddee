import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors, encodeModel, encodeSafetensors, linear, Rng, sequential } from "glassnet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { glassnet, glassnetAll, shell, temporaryFolder } from "./command.ts";
import { type DigitFiles, idxImages, idxLabels, toyFiles, writeFiles } from "./toy-digits.ts";

/** @file What the command says to everything that is wrong, word for word: no case may print a stack or exit with 0. */

const folder = temporaryFolder("failures");
const cwd = folder.path;
const good = toyFiles(120, 20);
const TRAIN = ["train", "mnist", "--data", "good", "--epochs", "1", "--layers", "4", "--output", "unused"];

beforeAll(async () => {
  writeFiles(join(cwd, "good"), good);
  const { code, stderr } = await glassnet([...TRAIN.slice(0, -1), "run"], { cwd });
  expect(code, stderr).toBe(0);
});
afterAll(() => folder.remove());

/** Runs commands that must fail, and gives what they print, each under its arguments. */
async function failures(commands: readonly (readonly string[])[]): Promise<string> {
  const results = await glassnetAll(commands, { cwd });
  const texts = results.map(({ code, stdout, stderr }, i) => {
    const line = commands[i]!.join(" ");
    expect(stdout, line).toBe("");
    expect(stderr, line).not.toMatch(/^\s+at |node:internal|\.ts:\d/m);
    expect([1, 2], line).toContain(code);
    return `$ glassnet ${line}\n${stderr.replaceAll(cwd, "DIR")}(exit code ${code})\n`;
  });
  return `\n${texts.join("\n")}`;
}

test("a process of its own fails alike: no stack, and the exit code says why", async () => {
  const unusable = await glassnet(["train", "mnist", "--layers", "0"], { cwd });
  expect(unusable).toEqual({
    code: 2,
    stdout: "",
    stderr: "error: train: a size in --layers must be a whole number from 1 to 65536, got 0\n",
  });
  const failed = await glassnet(["eval", "missing.safetensors", "mnist"], { cwd });
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/^error: missing.safetensors: no such file or folder\n {2}help: /);
});

test("verbs and arguments", async () => {
  expect(
    await failures([
      ["trian", "mnist"],
      ["dance"],
      ["train"],
      ["train", "cifar"],
      ["train", "mnist", "extra"],
      ["train", "mnist", "--epoch", "3"],
      ["train", "mnist", "--colour"],
      ["train", "mnist", "--epochs"],
      ["train", "mnist", "--json=yes"],
      ["train", "mnist", "--lang", "fr"],
      ["eval"],
      ["eval", "run"],
      ["eval", "run", "cifar"],
      ["predict", "run"],
      ["predict", "run", "--index", "20", "--data", "good"],
      ["predict", "run", "--index", "1.5"],
      ["explain", "run"],
      ["explain", "bakpropagation"],
      ["explain", "xyzzy"],
      ["explain", "run", "--index", "0", "--data", "good", "--unit", "17"],
      ["explain", "run", "--index", "0", "--data", "good", "--unit", "3:0"],
      ["explain", "run", "--index", "0", "--data", "good", "--unit", "1:4"],
      ["explain", "run", "--index", "0", "--data", "good", "--class", "10"],
      ["explain", "run", "--index", "0", "--data", "good", "--class", "3", "--versus", "3"],
      ["explain", "run", "--index", "0", "--data", "good", "--unit", "1:2", "--backprop"],
    ]),
  ).toMatchInlineSnapshot(`
    "
    $ glassnet trian mnist
    error: unknown command "trian": expected one of "train", "eval", "predict", "explain", "inspect", "studio", "doctor", "help"
      help: did you mean glassnet train?
    (exit code 2)

    $ glassnet dance
    error: unknown command "dance": expected one of "train", "eval", "predict", "explain", "inspect", "studio", "doctor", "help"
    (exit code 2)

    $ glassnet train
    error: train: name the data set
      help: usage: glassnet train mnist [options]
    (exit code 2)

    $ glassnet train cifar
    error: train: unknown data set "cifar": expected "mnist"
      help: usage: glassnet train mnist [options]
    (exit code 2)

    $ glassnet train mnist extra
    error: train: unexpected argument "extra"
      help: usage: glassnet train mnist [options]
    (exit code 2)

    $ glassnet train mnist --epoch 3
    error: train: unknown option --epoch
      help: did you mean --epochs?
    (exit code 2)

    $ glassnet train mnist --colour
    error: train: unknown option --colour
      help: train has --help, --version, --lang, --no-color, --debug, --layers, --activation, --loss, --epochs, --batch-size, --learning-rate, --schedule, --optimizer, --momentum, --dropout, --decay, --seed, --encoding, --backend, --threads, --reproducible, --limit, --data, --output, --json, --quiet
    (exit code 2)

    $ glassnet train mnist --epochs
    error: train: --epochs needs a value
    (exit code 2)

    $ glassnet train mnist --json=yes
    error: train: --json takes no value
    (exit code 2)

    $ glassnet train mnist --lang fr
    error: train: unknown --lang "fr": expected "en" or "zh"
    (exit code 2)

    $ glassnet eval
    error: eval: name a model file or the folder of a run
      help: usage: glassnet eval MODEL mnist [options]
    (exit code 2)

    $ glassnet eval run
    error: eval: name the data set
      help: usage: glassnet eval MODEL mnist [options]
    (exit code 2)

    $ glassnet eval run cifar
    error: eval: unknown data set "cifar": expected "mnist"
      help: usage: glassnet eval MODEL mnist [options]
    (exit code 2)

    $ glassnet predict run
    error: predict: say which digit with --index N
      help: usage: glassnet predict MODEL --index N [options]
    (exit code 2)

    $ glassnet predict run --index 20 --data good
    error: --index 20: the test set has 20 digits, 0 to 19
    (exit code 2)

    $ glassnet predict run --index 1.5
    error: predict: --index must be a whole number of at least 0, got 1.5
    (exit code 2)

    $ glassnet explain run
    error: explain: say which digit with --index N
      help: usage: glassnet explain MODEL --index N [options]
    (exit code 2)

    $ glassnet explain bakpropagation
    error: there is no term "bakpropagation"
      help: did you mean backpropagation, forward propagation?
    (exit code 2)

    $ glassnet explain xyzzy
    error: there is no term "xyzzy"
      help: \`glassnet explain\` lists the terms; a model is explained with \`glassnet explain MODEL --index N\`
    (exit code 2)

    $ glassnet explain run --index 0 --data good --unit 17
    error: --unit 17: expected LAYER:UNIT, such as 1:17
    (exit code 2)

    $ glassnet explain run --index 0 --data good --unit 3:0
    error: --unit 3:0: no such linear layer; this model has 1 (layers.1), 2 (layers.3)
    (exit code 2)

    $ glassnet explain run --index 0 --data good --unit 1:4
    error: --unit 1:4: the layer has neurons 0 to 3
    (exit code 2)

    $ glassnet explain run --index 0 --data good --class 10
    error: --class 10: the model has classes 0 to 9
    (exit code 2)

    $ glassnet explain run --index 0 --data good --class 3 --versus 3
    error: --versus 3: that is the class itself
    (exit code 2)

    $ glassnet explain run --index 0 --data good --unit 1:2 --backprop
    error: explain: --unit has no effect with --backprop
    (exit code 2)
    "
  `);
});

test("options of training", async () => {
  expect(
    await failures([
      [...TRAIN, "--layers", "0"],
      [...TRAIN, "--layers", "-1"],
      [...TRAIN, "--layers", "1.5"],
      [...TRAIN, "--layers", "128,"],
      [...TRAIN, "--layers", "65536,65536"],
      [...TRAIN, "--learning-rate", "NaN"],
      [...TRAIN, "--learning-rate", "0"],
      [...TRAIN, "--epochs", "0"],
      [...TRAIN, "--batch-size", "200"],
      [...TRAIN, "--batch-size", "ten"],
      [...TRAIN, "--limit", "0"],
      [...TRAIN, "--optimizer", "newton"],
      [...TRAIN, "--activation", "step"],
      [...TRAIN, "--loss", "hinge"],
      [...TRAIN, "--encoding", "rgb"],
      [...TRAIN, "--backend", "gpu"],
      ...["0", "-1", "1000", "1.5", "two"].map((threads) => [...TRAIN, "--threads", threads]),
      [...TRAIN, "--threads", "2", "--backend", "reference"],
      [...TRAIN, "--backend", "native", "--reproducible"],
      [...TRAIN, "--seed", "-1"],
      [...TRAIN, "--dropout", "1"],
      [...TRAIN, "--optimizer", "adam", "--momentum", "0.5"],
    ]),
  ).toMatchInlineSnapshot(`
    "
    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --layers 0
    error: train: a size in --layers must be a whole number from 1 to 65536, got 0
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --layers -1
    error: train: a size in --layers must be a whole number from 1 to 65536, got -1
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --layers 1.5
    error: train: a size in --layers must be a whole number from 1 to 65536, got 1.5
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --layers 128,
    error: train: a size in --layers must be a whole number from 1 to 65536, got ""
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --layers 65536,65536
    error: train: --layers 65536,65536 makes a network of 4,347,133,962 parameters; at most 100,000,000 are possible here
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --learning-rate NaN
    error: train: --learning-rate must be a finite number above 0, got "NaN"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --learning-rate 0
    error: train: --learning-rate must be a finite number above 0, got 0
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --epochs 0
    error: train: --epochs must be a whole number of at least 1, got 0
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --batch-size 200
    error: train: a batch of 200 rows is larger than the data set of 110
      help: use a batch size of at most 110
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --batch-size ten
    error: train: --batch-size must be a whole number of at least 1, got "ten"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --limit 0
    error: train: --limit must be a whole number of at least 1, got 0
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --optimizer newton
    error: train: unknown --optimizer "newton": expected "sgd", "momentum", "adam" or "adamW"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --activation step
    error: train: unknown --activation "step": expected "relu", "leakyRelu", "elu", "silu", "gelu", "sigmoid", "tanh" or "softplus"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --loss hinge
    error: train: unknown --loss "hinge": expected "cross-entropy" or "mse"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --encoding rgb
    error: train: unknown --encoding "rgb": expected "intensity" or "binary"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --backend gpu
    error: train: unknown --backend "gpu": expected "auto", "native", "wasm" or "reference"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --threads 0
    error: train: --threads must be a whole number from 1 to 64, got 0
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --threads -1
    error: train: --threads must be a whole number from 1 to 64, got -1
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --threads 1000
    error: train: --threads must be a whole number from 1 to 64, got 1000
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --threads 1.5
    error: train: --threads must be a whole number from 1 to 64, got 1.5
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --threads two
    error: train: --threads must be a whole number from 1 to 64, got "two"
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --threads 2 --backend reference
    error: train: --threads has no effect with --backend reference
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --backend native --reproducible
    error: train: --backend native and --reproducible exclude each other: the native backend's bits depend on the processor
      help: leave the backend out, or choose wasm or reference
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --seed -1
    error: train: --seed must be a whole number from 0 to 9007199254740991, got -1
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --dropout 1
    error: train: --dropout must be a finite number of at least 0 and below 1, got 1
    (exit code 2)

    $ glassnet train mnist --data good --epochs 1 --layers 4 --output unused --optimizer adam --momentum 0.5
    error: train: --momentum has no effect with --optimizer adam
    (exit code 2)
    "
  `);
});

test("files of digits", async () => {
  const images = good["train-images-idx3-ubyte"]!;
  const labels = good["train-labels-idx1-ubyte"]!;
  const wrongLabel = labels.slice();
  wrongLabel[8 + 7] = 12;
  const huge = images.slice();
  new DataView(huge.buffer).setUint32(4, 0xffffffff);
  const noDigits: DigitFiles = {
    "train-images-idx3-ubyte": idxImages(new Uint8Array(0), 0),
    "train-labels-idx1-ubyte": idxLabels([]),
  };
  const folders: Readonly<Record<string, DigitFiles>> = {
    empty: {},
    truncated: { ...good, "train-images-idx3-ubyte": images.subarray(0, 5000) },
    mislabelled: { ...good, "train-images-idx3-ubyte": labels },
    "not-idx": { ...good, "train-images-idx3-ubyte": new TextEncoder().encode("PNG, perhaps") },
    oversized: { ...good, "train-images-idx3-ubyte": huge },
    trailing: { ...good, "train-labels-idx1-ubyte": Uint8Array.of(...labels, 0) },
    "label-12": { ...good, "train-labels-idx1-ubyte": wrongLabel },
    "fewer-labels": { ...good, "train-labels-idx1-ubyte": idxLabels([1, 2, 3]) },
    "no-digits": { ...good, ...noDigits },
    "one-digit": { ...good, ...toyFiles(1, 1) },
  };
  for (const [name, files] of Object.entries(folders)) writeFiles(join(cwd, name), files);
  const train = (data: string) => ["train", "mnist", "--output", "unused", "--data", data];
  expect(await failures(["missing", ...Object.keys(folders)].map(train))).toMatchInlineSnapshot(`
    "
    $ glassnet train mnist --output unused --data missing
    error: missing: cannot read: no such file or folder
    (exit code 1)

    $ glassnet train mnist --output unused --data empty
    error: mnist: no file train-images-idx3-ubyte in empty
      help: the folder must hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each also as .gz
    (exit code 1)

    $ glassnet train mnist --output unused --data truncated
    error: truncated/train-images-idx3-ubyte: cut short: the elements of [120, 28, 28] end at byte 94096, the file has 5000
    (exit code 1)

    $ glassnet train mnist --output unused --data mislabelled
    error: mnist: images must be u8[n, 28, 28], got u8[120]
      file: mislabelled/train-images-idx3-ubyte
    (exit code 1)

    $ glassnet train mnist --output unused --data not-idx
    error: not-idx/train-images-idx3-ubyte: not an IDX file: expected it to start with 0000, got 504e
    (exit code 1)

    $ glassnet train mnist --output unused --data oversized
    error: oversized/train-images-idx3-ubyte: sizes [4294967295] exceed the limit of 2147483647 elements
    (exit code 1)

    $ glassnet train mnist --output unused --data trailing
    error: trailing/train-labels-idx1-ubyte: something follows the array: the elements of [120] end at byte 128, the file has 129
    (exit code 1)

    $ glassnet train mnist --output unused --data label-12
    error: mnist: label of row 7 is 12: expected 0 to 9
      labels: label-12/train-labels-idx1-ubyte
    (exit code 1)

    $ glassnet train mnist --output unused --data fewer-labels
    error: mnist: 120 images, but 3 labels
      images: fewer-labels/train-images-idx3-ubyte
      labels: fewer-labels/train-labels-idx1-ubyte
    (exit code 1)

    $ glassnet train mnist --output unused --data no-digits
    error: mnist: the data set is empty
      inputs: u8[0, 1, 28, 28]
      targets: u8[0]
    (exit code 1)

    $ glassnet train mnist --output unused --data one-digit
    error: the training set has 1 digit: at least 2 are needed, one to learn from and one to hold out
    (exit code 1)
    "
  `);
});

test("places for the run", async () => {
  writeFileSync(join(cwd, "file"), "kept");
  const train = (output: string) => ["train", "mnist", "--data", "good", "--epochs", "1", "--output", output];
  expect(
    await failures([train("file"), train("file/below"), train("good"), train("x".repeat(300))]),
  ).toMatchInlineSnapshot(`
    "
    $ glassnet train mnist --data good --epochs 1 --output file
    error: file: cannot create the folder: a file of that name is in the way
      help: choose another folder with --output DIR
    (exit code 1)

    $ glassnet train mnist --data good --epochs 1 --output file/below
    error: file/below: cannot create the folder: a part of the path is a file, not a folder
      help: choose another folder with --output DIR
    (exit code 1)

    $ glassnet train mnist --data good --epochs 1 --output good
    error: good: the folder is not empty, and a run never overwrites another
      help: choose another folder with --output DIR
    (exit code 1)

    $ glassnet train mnist --data good --epochs 1 --output xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    error: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: cannot create the folder: the path is too long
      help: choose another folder with --output DIR
    (exit code 1)
    "
  `);
  expect(readFileSync(join(cwd, "file"), "utf8")).toBe("kept");
});

test("model files", async () => {
  const bytes = readFileSync(join(cwd, "run", "model.safetensors"));
  const header = (size: bigint, text: string, rest = 0) => {
    const out = new Uint8Array(8 + text.length + rest);
    new DataView(out.buffer).setBigUint64(0, size, true);
    out.set(new TextEncoder().encode(text), 8);
    return out;
  };
  const overlapping = JSON.stringify({
    a: { dtype: "F32", shape: [2], data_offsets: [0, 8] },
    b: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
  });
  const { tensors, metadata } = decodeSafetensors(bytes);
  const description = JSON.parse(metadata.glassnet!) as { architecture: { layers: { inFeatures?: number }[] } };
  const other = structuredClone(description);
  other.architecture.layers[1]!.inFeatures = 100;
  const withDescription = (value: unknown) => encodeSafetensors(tensors, { glassnet: JSON.stringify(value) });
  const rng = Rng.seeded(0);
  const flowers = encodeModel({
    model: sequential(linear(4, 3, { rng })),
    inputShape: [4],
    preprocessing: { kind: "none" },
    classNames: ["setosa", "versicolor", "virginica"],
  });
  const threeClasses = encodeModel({
    model: sequential(linear(784, 3, { rng })),
    inputShape: [784],
    preprocessing: { kind: "none" },
  });
  const files: Readonly<Record<string, Uint8Array>> = {
    "cut.safetensors": bytes.subarray(0, 9000),
    "empty.safetensors": new Uint8Array(0),
    "overlapping.safetensors": header(BigInt(overlapping.length), overlapping, 12),
    "huge-header.safetensors": header(2n ** 63n, "{}"),
    "text.safetensors": new TextEncoder().encode("this is not a model at all"),
    "no-description.safetensors": encodeSafetensors(tensors),
    "other-architecture.safetensors": withDescription(other),
    "newer.safetensors": withDescription({ ...description, version: 2 }),
    "flowers.safetensors": flowers,
    "three-classes.safetensors": threeClasses,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  mkdirSync(join(cwd, "no-run"));
  const names = ["missing.safetensors", "no-run", ...Object.keys(files)];
  expect(await failures(names.map((name) => ["eval", name, "mnist", "--data", "good"]))).toMatchInlineSnapshot(`
    "
    $ glassnet eval missing.safetensors mnist --data good
    error: missing.safetensors: no such file or folder
      help: name a model file, or the folder of a run that \`glassnet train\` made
    (exit code 1)

    $ glassnet eval no-run mnist --data good
    error: no-run: the folder holds no model.safetensors
      help: name a model file, or the folder of a run that \`glassnet train\` made
    (exit code 1)

    $ glassnet eval cut.safetensors mnist --data good
    error: cut.safetensors: cut short: the tensors take 12760 bytes, the file has 7848 for them
    (exit code 1)

    $ glassnet eval empty.safetensors mnist --data good
    error: empty.safetensors: a file has at least 8 bytes, this one has 0
      help: this is probably not a model file
    (exit code 1)

    $ glassnet eval overlapping.safetensors mnist --data good
    error: overlapping.safetensors: tensor "b" overlaps the tensor before it: it begins at 4, expected 8
    (exit code 1)

    $ glassnet eval huge-header.safetensors mnist --data good
    error: huge-header.safetensors: the header has 9223372036854775808 bytes, the format allows 100000000
      help: this is probably not a model file
    (exit code 1)

    $ glassnet eval text.safetensors mnist --data good
    error: text.safetensors: the header has 2338328219631577204 bytes, the format allows 100000000
      help: this is probably not a model file
    (exit code 1)

    $ glassnet eval no-description.safetensors mnist --data good
    error: no-description.safetensors: the file has tensors but no "glassnet" description
      help: only models that Glassnet saved can be loaded
    (exit code 1)

    $ glassnet eval other-architecture.safetensors mnist --data good
    error: other-architecture.safetensors: tensor "layers.1.weight" is f32[4, 784], the architecture wants f32[4, 100]
    (exit code 1)

    $ glassnet eval newer.safetensors mnist --data good
    error: newer.safetensors: the file has version 2, this library reads 1
      help: update glassnet
    (exit code 1)

    $ glassnet eval flowers.safetensors mnist --data good
    error: flowers.safetensors: this model was made for inputs of shape [4], and the digits are [1, 28, 28]
      help: only models of digits can be used here; \`glassnet inspect\` reads any model
    (exit code 1)

    $ glassnet eval three-classes.safetensors mnist --data good
    error: three-classes.safetensors: this model gives outputs of shape [3], and digits need 10, one for each class
      help: only models of digits can be used here; \`glassnet inspect\` reads any model
    (exit code 1)
    "
  `);
});

test("an output that cannot be written to is told without a stack", async () => {
  const { stdout, stderr } = await shell("glassnet explain > /dev/full; echo code $?", { cwd });
  expect(stdout).toBe("code 1\n");
  expect(stderr).toMatchInlineSnapshot(`
    "error: cannot write to the standard output: ENOSPC: no space left on device, write
    "
  `);
});

test("--debug adds the stack", async () => {
  const { code, stderr } = await glassnet(["eval", "text.safetensors", "mnist", "--debug"], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: text\.safetensors: .*\n(.*\n)*FormatError: .*\n\s+at /);
});
