import { hasRelaxedSimd } from "./probe.ts";

/** Why the bytes of a file are no module of the kernels; undefined if they are one, or nobody here can tell. */
export async function moduleFault(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  if (file.includes("relaxed") && !hasRelaxedSimd()) return undefined;
  try {
    const exports = WebAssembly.Module.exports(await WebAssembly.compile(bytes));
    return exports.some(({ name }) => name === "run") ? undefined : 'it is another module, which has no "run"';
  } catch (error) {
    return (error as Error).message;
  }
}
