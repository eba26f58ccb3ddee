/** @file Finds the add-on that fits this processor among those that the installation built. */
const { existsSync, readFileSync } = require("node:fs");
const { arch } = require("node:process");
const { join } = require("node:path");
const { version } = require("./package.json");

/** By architecture; the last one runs on every processor of it. */
const VARIANTS = { x64: ["avx512", "avx2", "sse2"], arm64: ["neon"] };

const variants = VARIANTS[arch] ?? [];

/** Where the variants are, unless the tests have built them elsewhere. */
const folder = () => process.env.GLASSNET_NATIVE_FOLDER ?? join(__dirname, "build/Release");

/** What the installation noted if it built nothing. */
function whyNotBuilt() {
  try {
    const { reason } = JSON.parse(readFileSync(join(__dirname, "build/outcome.json"), "utf8"));
    if (typeof reason === "string") return reason;
  } catch {
    // Its scripts were not run.
  }
  return "the package's install script has not run";
}

function open(variant) {
  const file = join(folder(), `${variant}.node`);
  if (!existsSync(file)) return { reason: `not built: ${whyNotBuilt()}` };
  try {
    return { addon: require(file) };
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split("\n");
    return { reason: `${variant}.node cannot be loaded, build it again with "npm rebuild @glassnet/native": ${line}` };
  }
}

function load(variant) {
  if (variants.length === 0) return { reason: `there are no kernels for the architecture ${arch}` };
  if (variant !== undefined && !variants.includes(variant)) {
    return { reason: `there is no variant "${variant}" for ${arch}, only ${variants.join(", ")}` };
  }
  const plain = open(variants.at(-1));
  if (plain.addon === undefined) return plain;
  const { best } = plain.addon;
  if (variant === undefined) return best === variants.at(-1) ? plain : open(best);
  if (variants.indexOf(variant) < variants.indexOf(best)) return { reason: `this processor cannot run ${variant}` };
  return open(variant);
}

module.exports = { load, variants, version };
