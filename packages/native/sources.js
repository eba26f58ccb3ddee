/** @file What the add-on is compiled of. Run as a program, it prints the list that binding.gyp takes. */
const { createHash } = require("node:crypto");
const { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const kernels = join(__dirname, "kernels");
/** The originals. A published package has only the copies, which are what is compiled. */
const workspace = join(__dirname, "../glassnet/kernels");

const isSource = (name) => /\.[ch]$/.test(name);
const filesOf = (folder) => readdirSync(folder).filter(isSource).sort();

/** Copies what has changed, so that only this is compiled again, and forgets what is no more. */
function copyKernels() {
  if (!existsSync(workspace)) return;
  mkdirSync(kernels, { recursive: true });
  const names = filesOf(workspace);
  for (const name of filesOf(kernels)) if (!names.includes(name)) rmSync(join(kernels, name));
  for (const name of names) {
    const [from, to] = [join(workspace, name), join(kernels, name)];
    if (!existsSync(to) || !readFileSync(to).equals(readFileSync(from))) copyFileSync(from, to);
  }
}

/** A digest of all that is compiled, by which a test notices an add-on that is older than its sources. */
function digestOfSources() {
  const hash = createHash("sha256").update(readFileSync(join(__dirname, "binding.gyp")));
  for (const folder of [join(__dirname, "src"), existsSync(workspace) ? workspace : kernels]) {
    for (const name of filesOf(folder)) hash.update(name).update(readFileSync(join(folder, name)));
  }
  return hash.digest("hex");
}

/** The add-on's own files and the kernels, without what is for WebAssembly alone. */
function compiledFiles() {
  const all = ["src", "kernels"].flatMap((folder) =>
    filesOf(join(__dirname, folder)).map((name) => `${folder}/${name}`),
  );
  return all.filter((path) => path.endsWith(".c") && path !== "kernels/wasm.c");
}

const digestOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/**
 * Notes what was built in a folder, or why nothing was. Whoever loads an add-on compares the digest of its file before: a file
 * that is cut short would end the process.
 */
function noteOutcome(folder, refusal) {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(folder).filter((name) => name.endsWith(".node"));
  const files = Object.fromEntries(names.map((name) => [name, digestOf(join(folder, name))]));
  const outcome = { ...refusal, system: `${process.platform}-${process.arch}`, sources: digestOfSources(), files };
  writeFileSync(join(folder, "outcome.json"), `${JSON.stringify(outcome, null, 2)}\n`);
}

if (require.main === module) process.stdout.write(`${compiledFiles().join("\n")}\n`);

module.exports = { copyKernels, compiledFiles, digestOf, digestOfSources, noteOutcome };
