/**
 * Where the files of the kernels lie. Each address is written out, because bundlers look for exactly this form: they copy the
 * file and put its new address here. The single-file build has another module in the place of this one.
 */
const addresses: Readonly<Record<string, () => URL>> = {
  "kernels.wasm": () => new URL("../../../wasm/kernels.wasm", import.meta.url),
  "kernels-relaxed.wasm": () => new URL("../../../wasm/kernels-relaxed.wasm", import.meta.url),
  "kernels-threads.wasm": () => new URL("../../../wasm/kernels-threads.wasm", import.meta.url),
  "kernels-relaxed-threads.wasm": () => new URL("../../../wasm/kernels-relaxed-threads.wasm", import.meta.url),
};

/** Whether this build of the library has the file. */
export const hasAsset = (file: string): boolean => Object.hasOwn(addresses, file);

export const assetOf = (file: string): URL => addresses[file]!();
