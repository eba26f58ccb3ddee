/** @file Puts the built studio where the command serves it from: the command's own package, which brings it along. */
import { cpSync, rmSync } from "node:fs";

const target = new URL("../../cli/dist/studio/", import.meta.url);
rmSync(target, { recursive: true, force: true });
cpSync(new URL("../dist/", import.meta.url), target, { recursive: true });
