import { createRequire } from "node:module";
import type { NativeResult } from "../backends/platform.ts";

const PACKAGE = "@glassnet/native";

/** What the package exports. */
interface NativePackage {
  readonly version: string;
  load(variant?: string): NativeResult;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

/** The package beside the library, or else beside the program that runs. */
function findPackage(): NativePackage | undefined {
  for (const place of [import.meta.url, process.argv[1]]) {
    if (place === undefined) continue;
    try {
      return createRequire(place)(PACKAGE) as NativePackage;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "MODULE_NOT_FOUND" && code !== "ERR_INVALID_ARG_VALUE") throw error;
    }
  }
  return undefined;
}

/** The library's own version; undefined where it is part of a bundle. */
function ownVersion(): string | undefined {
  try {
    const { name, version } = createRequire(import.meta.url)("../../package.json") as Manifest;
    return name === "glassnet" ? version : undefined;
  } catch {
    return undefined;
  }
}

/** Loads the optional native add-on. Never throws: what is wrong with it is the reason why there is none. */
export function loadNative(variant?: string): NativeResult {
  try {
    const found = findPackage();
    if (found === undefined) return { cause: "not-installed", reason: `the package ${PACKAGE} is not installed` };
    const version = ownVersion() ?? found.version;
    if (found.version !== version) {
      const reason = `the package ${PACKAGE} has version ${found.version}, the library ${version}`;
      return { cause: "other-version", reason };
    }
    return found.load(variant);
  } catch (error) {
    return { cause: "not-loadable", reason: `the package ${PACKAGE} cannot be loaded: ${(error as Error).message}` };
  }
}
