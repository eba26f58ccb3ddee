import { transform } from "esbuild";
import * as glassnet from "glassnet";
import * as engine from "glassnet/engine";
import type { CodeSample } from "../src/components/code-sample.ts";

const modules: Readonly<Record<string, object>> = { glassnet, "glassnet/engine": engine };

/** The names that an import takes, as a pattern of an object: `a, b as c` becomes `a, b: c`. */
const patternOf = (names: string): string =>
  names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && !name.startsWith("type "))
    .map((name) => name.replace(/\s+as\s+/, ": "))
    .join(", ");

/**
 * Runs the lines behind "How was this computed?" with the library and the given values, and returns what they print.
 *
 * @throws Error if the lines want something that is not given, or import something else than the library
 */
export async function runSample(sample: CodeSample, given: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  const missing = (sample.given ?? []).filter((name) => !(name in given));
  const extra = Object.keys(given).filter((name) => !(sample.given ?? []).includes(name));
  if (missing.length + extra.length > 0) throw new Error(`given differs: missing ${missing}, not named ${extra}`);
  const imports = sample.code.replace(
    /import\s*\{([^}]*)\}\s*from\s*"([^"]+)";?/g,
    (_, names: string, from: string) => {
      if (!(from in modules)) throw new Error(`the lines import "${from}", which is no public entry`);
      return `const { ${patternOf(names)} } = modules["${from}"];`;
    },
  );
  const { code } = await transform(`async function sample() {\n${imports}\n}`, { loader: "ts", target: "es2022" });
  const printed: string[] = [];
  const console = { log: (...values: readonly unknown[]) => void printed.push(values.map(String).join(" ")) };
  const names = Object.keys(given);
  const make = new Function("modules", "console", ...names, `${code}; return sample();`);
  await make(modules, console, ...names.map((name) => given[name]));
  return printed;
}
