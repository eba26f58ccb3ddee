/** @file Finds the add-on that fits this processor among those that the installation built. */
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { arch, platform } = require("node:process");
const { version } = require("./package.json");
const { digestOf } = require("./sources.js");

/** By architecture; the last one runs on every processor of it. */
const VARIANTS = { x64: ["avx512", "avx2", "sse2"], arm64: ["neon"] };

const variants = VARIANTS[arch] ?? [];

const REBUILD = 'build it again with "npm rebuild @glassnet/native"';

/** Where the variants are, unless the tests have built them elsewhere. */
const folder = () => process.env.GLASSNET_NATIVE_FOLDER ?? join(__dirname, "build/Release");

/** What the installation noted. */
function readOutcome() {
  try {
    return JSON.parse(readFileSync(join(folder(), "outcome.json"), "utf8"));
  } catch {
    return { cause: "not-run", reason: "the package's install script has not run" };
  }
}

/** Why a variant's file is not to be loaded. */
function faultOf(name) {
  const { cause, reason, system, files } = readOutcome();
  if (reason !== undefined) return { cause, reason: `not built: ${reason}` };
  if (system !== `${platform}-${arch}`) {
    const here = `${platform}-${arch}`;
    return { cause: "other-system", reason: `it was built for ${system}, and this is ${here}: ${REBUILD}` };
  }
  try {
    if (files[name] === digestOf(join(folder(), name))) return undefined;
  } catch {
    // It is not there, which is a change as well.
  }
  return { cause: "changed", reason: `${name} is not the file that was built: ${REBUILD}` };
}

function open(variant) {
  const name = `${variant}.node`;
  const fault = faultOf(name);
  if (fault !== undefined) return fault;
  try {
    return { addon: require(join(folder(), name)) };
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split("\n");
    return { cause: "not-loadable", reason: `${name} cannot be loaded, ${REBUILD}: ${line}` };
  }
}

function load(variant) {
  if (variants.length === 0) {
    return { cause: "architecture", reason: `there are no kernels for the architecture ${arch}` };
  }
  if (variant !== undefined && !variants.includes(variant)) {
    const reason = `there is no variant "${variant}" for ${arch}, only ${variants.join(", ")}`;
    return { cause: "no-variant", reason };
  }
  const plain = open(variants.at(-1));
  if (plain.addon === undefined) return plain;
  const { best } = plain.addon;
  if (variant === undefined) return best === variants.at(-1) ? plain : open(best);
  if (variants.indexOf(variant) < variants.indexOf(best)) {
    return { cause: "processor", reason: `this processor cannot run ${variant}` };
  }
  return open(variant);
}

module.exports = { load, variants, version };
