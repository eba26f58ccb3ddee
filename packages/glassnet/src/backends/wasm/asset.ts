/** Where a file lies that the package brings along: a module of the kernels, or the start of a thread. */
export const assetOf = (file: string): URL => new URL(`../../../wasm/${file}`, import.meta.url);
