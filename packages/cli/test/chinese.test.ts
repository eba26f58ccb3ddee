import { join } from "node:path";
import { glossary } from "glassnet";
import { afterAll, expect, test } from "vitest";
import { type Finished, glassnetAll, temporaryFolder } from "./command.ts";
import { toyFiles, writeFiles } from "./toy-digits.ts";

const folder = temporaryFolder("chinese");
const cwd = folder.path;
writeFiles(join(cwd, "toys"), toyFiles(240, 40));
afterAll(() => folder.remove());

/** Words that stay in Latin letters: names of the network's parts, of options and files, and of formulas. */
const NAMES = new Set(
  `Glassnet glassnet npx mnist IDX JSON TypeScript Ctrl NO COLOR safetensors logits feed
   linear flatten relu leakyRelu elu silu gelu sigmoid tanh softplus softmax dropout
   cross entropy mse sgd momentum adam adamW intensity binary constant reference none layers model config events summary
   jsonl json runs toys run train test eval predict explain inspect help lang zh en data index unit class versus top set
   backprop layer program output limit epochs epoch bias weight log DIR NAME RATE SIZES LAYER UNIT COMMAND MODEL TERM TEXT
   color debug version seed batch size learning rate schedule optimizer activation loss decay encoding backend quiet
   KiB MiB trainedOn recipe learningRate batchSize validationAccuracy tail backpropagation gradient descent
   studio port open native wasm WebAssembly auto typescript doctor threads reproducible
   method input integrated gradients occlusion`.split(/\s+/),
);

/** Latin words in the text that are not names; commands, options, paths and numbers are left out. */
function untranslated(text: string): string[] {
  const words = text
    .replace(/`[^`]*`/g, "")
    .replace(/^.*(npx )?glassnet (train|eval|predict|explain|inspect|studio|doctor|help).*$/gm, "")
    .replace(/--[\w-]+/g, "")
    .replace(/[\w./-]+\.(json|jsonl|safetensors)/g, "")
    .match(/[A-Za-z]{2,}/g);
  return [...new Set(words ?? [])].filter((word) => !NAMES.has(word));
}

async function texts(calls: readonly (readonly string[])[]): Promise<Finished[]> {
  return glassnetAll(
    calls.map((args) => [...args, "--lang", "zh"]),
    { cwd },
  );
}

test("a training, its report, and everything about its model is in Chinese", async () => {
  const data = ["--data", "toys", "--backend", "reference"];
  const results = await texts([
    ["train", "mnist", ...data, "--layers", "8", "--epochs", "3", "--limit", "200", "--output", "run"],
    [
      "train",
      "mnist",
      ...data,
      "--layers",
      "8",
      "--epochs",
      "1",
      "--encoding",
      "binary",
      "--loss",
      "mse",
      "--output",
      "mse",
    ],
    ["eval", "run", "mnist", ...data],
    ["eval", "mse", "mnist", ...data],
    ["predict", "run", "--index", "3", ...data],
    ["explain", "run", "--index", "3", ...data],
    ["explain", "run", "--index", "3", "--unit", "1:2", ...data],
    ["explain", "run", "--index", "3", "--backprop", ...data],
    ["explain", "mse", "--index", "3", "--backprop", ...data],
    ["inspect", "run"],
    ["inspect", "mse"],
    ["help"],
    ["train", "--help"],
    ["explain", "--help"],
    ["studio", "--help"],
    ["doctor", "--help"],
  ]);
  results.forEach(({ code, stdout, stderr }, i) => {
    expect([code, stderr], String(i)).toEqual([0, ""]);
    expect(stdout, String(i)).toMatch(/[\u4e00-\u9fff]/);
    expect(untranslated(stdout), stdout).toEqual([]);
  });
});

test("so is every term, apart from its name in English and the words of its formula", async () => {
  const results = await texts(glossary.map(({ id }) => ["explain", id]));
  results.forEach(({ code, stdout }, i) => {
    expect(code).toBe(0);
    const { name } = glossary[i]!;
    expect(stdout.split("\n")[0]).toBe(`${name.zh}  ${name.en}`);
    expect(stdout).toContain("以预测公司利润为例");
    expect(stdout).toContain("以角色寻路为例");
  });
  const [list] = await texts([["explain"]]);
  expect(list!.stdout.startsWith("全部术语")).toBe(true);
});

test("the command's own errors are in Chinese; the library's keep their English text, with their code", async () => {
  const results = await texts([
    ["trian"],
    ["train", "mnist", "--epoch", "3"],
    ["train", "mnist", "--epochs", "0"],
    ["eval", "missing.safetensors", "mnist"],
    ["explain", "没有的词"],
    ["explain", "偏值"],
    ["train", "mnist", "--data", "toys", "--output", "toys"],
  ]);
  expect(`\n${results.map(({ stderr }) => stderr).join("\n")}`).toMatchInlineSnapshot(`
    "
    错误：没有命令“trian”，可用的有：train、eval、predict、explain、inspect、studio、doctor、help
      提示：是不是想输入 glassnet train？

    错误：train：没有选项 --epoch
      提示：是不是想输入 --epochs？

    错误：--epochs 应为不小于 1 的整数，而不是 0

    错误：missing.safetensors：没有这个文件或文件夹
      提示：请给出模型文件，或 \`glassnet train\` 生成的文件夹

    错误：没有术语“没有的词”
      提示：\`glassnet explain\` 列出全部术语；解释模型请用 \`glassnet explain MODEL --index N\`

    错误：没有术语“偏值”
      提示：是不是要找 权值 (权重)、偏置、二值 (编码)？

    错误：toys：文件夹不是空的，而一次训练不会覆盖另一次
      提示：请用 --output DIR 换一个文件夹
    "
  `);
});
