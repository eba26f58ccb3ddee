/** @file Prints what binding.gyp compiles: the add-on's own files, and the kernels without what is for WebAssembly alone. */
const { readdirSync } = require("node:fs");

for (const folder of ["src", "kernels"]) {
  for (const name of readdirSync(`${__dirname}/${folder}`).sort()) {
    if (name.endsWith(".c") && name !== "wasm.c") process.stdout.write(`${folder}/${name}\n`);
  }
}
