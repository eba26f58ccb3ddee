/**
 * @file Builds the add-on where that is possible. It is optional, so whatever is missing is noted for whoever asks later why there is
 * none (`build/Release/outcome.json`), and is no error. With `--copy` it only copies the kernels, as packing does.
 */
const { spawnSync } = require("node:child_process");
const { existsSync, rmSync } = require("node:fs");
const { availableParallelism } = require("node:os");
const { delimiter, dirname, join, resolve } = require("node:path");
const { copyKernels, noteOutcome } = require("./sources.js");

/**
 * How long compiling may take. Ten seconds are usual; an installation does not wait much longer for something optional, but
 * whoever asks for it alone (`npm rebuild @glassnet/native`) may have a slow machine.
 */
const TIME_LIMIT_S = process.env.npm_command === "rebuild" ? 600 : 45;

const release = join(__dirname, "build/Release");

const isOnPath = (program) =>
  program.includes("/")
    ? existsSync(program)
    : (process.env.PATH ?? "").split(delimiter).some((folder) => folder !== "" && existsSync(join(folder, program)));

/** npm names its own node-gyp; by hand it is found beside the npm that belongs to this Node. */
function findGyp() {
  const prefix = dirname(dirname(process.execPath));
  const beside = join(prefix, "lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js");
  return [process.env.npm_config_node_gyp, beside].find((file) => file !== undefined && existsSync(file));
}

/** Where Node's own headers are: nothing is fetched. */
function findHeaders() {
  const prefixes = [process.env.npm_config_nodedir, dirname(dirname(process.execPath))];
  return prefixes.find((prefix) => prefix !== undefined && existsSync(join(prefix, "include/node/node_api.h")));
}

/** Why the add-on cannot be built; undefined once it is. */
function buildAddon() {
  if (process.platform === "win32") return { cause: "windows", reason: "not offered for Windows" };
  if (!["x64", "arm64"].includes(process.arch)) {
    return { cause: "architecture", reason: `there are no kernels for the architecture ${process.arch}` };
  }
  const compiler = process.env.CC ?? ["cc", "gcc", "clang"].find(isOnPath);
  if (compiler === undefined) return { cause: "no-compiler", reason: "there is no C compiler" };
  const [program] = compiler.split(" "); // arguments may follow, or the compiler that it calls
  if (!isOnPath(program)) return { cause: "no-compiler", reason: `there is no C compiler: CC is ${compiler}` };
  if (!isOnPath("make")) return { cause: "no-make", reason: "there is no make" };
  const gyp = findGyp();
  if (gyp === undefined) return { cause: "no-gyp", reason: "npm's node-gyp was not found" };
  const headers = findHeaders();
  if (headers === undefined) {
    return { cause: "no-headers", reason: "Node's headers (include/node) are not installed beside it" };
  }
  const jobs = String(availableParallelism());
  const result = spawnSync(
    process.execPath,
    [gyp, "configure", "build", `--nodedir=${resolve(headers)}`, `--jobs=${jobs}`],
    {
      cwd: __dirname,
      encoding: "utf8",
      // Linked by the C compiler, as there is no C++ in it.
      env: { ...process.env, CC: compiler, LINK: compiler },
      timeout: 1000 * TIME_LIMIT_S,
    },
  );
  if (result.status === 0) return undefined;
  if (result.error?.code === "ETIMEDOUT") {
    const reason = `compiling took more than ${TIME_LIMIT_S} s; npm rebuild @glassnet/native waits longer`;
    return { cause: "build-failed", reason };
  }
  const lines = `${result.stderr}`.split("\n");
  const line = lines.find((text) => /error|not found|ERR! find/i.test(text)) ?? lines.at(-1) ?? "";
  const how = result.error?.message ?? `node-gyp ended with ${result.status ?? result.signal}`;
  return { cause: "build-failed", reason: `${how}: ${line.replace(/^gyp ERR! /, "").trim()}` };
}

function install() {
  copyKernels();
  const refusal = buildAddon();
  if (refusal !== undefined) rmSync(release, { recursive: true, force: true });
  noteOutcome(release, refusal);
}

try {
  if (process.argv[2] === "--copy") copyKernels();
  else install();
} catch (error) {
  // A folder that cannot be written to, say: the library then finds nothing built.
  if (process.argv[2] === "--copy") throw error;
}
