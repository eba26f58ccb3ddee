import { checkOption, type Option } from "glassnet";
import { UsageFailure } from "./failure.ts";
import type { Messages } from "./messages/index.ts";

/** @throws UsageFailure or the library's UsageError, in the language of the user, unless `value` fits the option. */
export function checkValue(where: string, name: string, option: Option, value: unknown, m: Messages): void {
  try {
    checkOption(where, name, option, value);
  } catch (error) {
    const text = m.usage.badValue(name, option, value);
    throw text === undefined ? error : new UsageFailure(text, undefined, error);
  }
}
