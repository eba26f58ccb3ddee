import type { LabInfo } from "./lab.ts";
import type { ProfitMessages } from "./messages.en.ts";

type Described = Pick<LabInfo, "isCompany" | "inputNames" | "numbers" | "levels" | "target">;

const known = (m: ProfitMessages, name: string): string =>
  Object.hasOwn(m.inputs, name) ? m.inputs[name as keyof ProfitMessages["inputs"]] : name;

/** What an input is called: in the reader's language for the company, as the table has it otherwise. */
export function inputName(info: Described, input: number, m: ProfitMessages): string {
  const name = info.inputNames[input] ?? "";
  return info.isCompany ? known(m, name) : name;
}

/** The same where there is little room. */
export function shortName(info: Described, input: number, m: ProfitMessages): string {
  const isLong = info.isCompany && info.inputNames[input] === "competitor";
  return isLong ? m.shortInputs.competitor : inputName(info, input, m);
}

export const columnName = (info: Described, name: string, m: ProfitMessages): string =>
  info.isCompany ? known(m, name) : name;

export const targetName = (info: Described, m: ProfitMessages): string => columnName(info, info.target, m);

/** The unit of an input, or "". */
export function unitOf(info: Described, input: number, m: ProfitMessages): string {
  if (!info.isCompany || input >= info.numbers.length) return "";
  return info.inputNames[input] === "marketing" ? m.thousands : m.euro;
}

export const targetUnit = ({ isCompany }: Described, m: ProfitMessages): string => (isCompany ? m.thousands : "");

/** A number with its unit. */
export const withUnit = (text: string, unit: string): string => (unit === "" ? text : `${text} ${unit}`);

/** So many digits behind the point that a range has about three that count. */
export function digitsFor(low: number, high: number): number {
  const size = Math.max(high - low, Math.abs(high) * 1e-3, 1e-12);
  return Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(size))));
}
