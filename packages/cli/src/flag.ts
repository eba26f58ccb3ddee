import type { Option } from "glassnet";

/**
 * @file Flags as data: one row gives the check, the default and the line in the help, in both languages. Numbers and
 * choices are the library's own options.
 */

/** A text that is not checked here, such as a path. */
export interface TextOption {
  readonly kind: "text";
  readonly help: string;
  readonly default?: string;
}

export type Flag = (Option | TextOption) & {
  /** `help` in Chinese. */
  readonly zh: string;
  /** What stands for the value in the help; from the kind if it is absent. */
  readonly placeholder?: string;
  /** Without it the value is undefined, whatever the default of the option says. */
  readonly isOptional?: boolean;
};

export type FlagTable = Readonly<Record<string, Flag>>;

type Given<F extends Flag> = F extends { readonly kind: "choice"; readonly of: readonly (infer Name)[] }
  ? Name
  : F extends { readonly kind: "flag" }
    ? boolean
    : F extends { readonly kind: "text" }
      ? string
      : number;

/** The values of a table's flags: those that were given, and the defaults of the others. */
export type Values<T extends FlagTable> = {
  readonly [Name in keyof T]: T[Name] extends { readonly isOptional: true }
    ? Given<T[Name]> | undefined
    : Given<T[Name]>;
};

/** How a flag is written: `batchSize` is `--batch-size`. */
export function spelling(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What stands for the value in the help: `--epochs N`. */
export function placeholderOf(flag: Flag): string {
  if (flag.placeholder !== undefined) return flag.placeholder;
  switch (flag.kind) {
    case "flag":
      return "";
    case "choice":
      return flag.of.join("|");
    case "integer":
      return "N";
    case "number":
      return "X";
    case "text":
      return "TEXT";
  }
}

/** The flags that every verb has. */
export const commonFlags = {
  help: { kind: "flag", default: false, help: "show this help", zh: "显示这份帮助" },
  version: { kind: "flag", default: false, help: "show the version", zh: "显示版本号" },
  lang: { kind: "choice", of: ["en", "zh"], default: "en", help: "language of the texts", zh: "界面语言" },
  color: {
    kind: "flag",
    default: true,
    help: "no colours (the variable NO_COLOR does the same)",
    zh: "不使用颜色（环境变量 NO_COLOR 效果相同）",
  },
  debug: { kind: "flag", default: false, help: "show where an error arose", zh: "显示错误产生的位置" },
} as const satisfies FlagTable;

export type CommonValues = Values<typeof commonFlags>;
