import { setMaxListeners } from "node:events";
import { text } from "node:stream/consumers";
import { main } from "../src/index.ts";

/**
 * @file Runs many commands in one process, as starting one takes longer than most of them: reads a list of argument
 * lists as JSON, and writes what each printed and its exit code.
 */

setMaxListeners(0, process.stdout, process.stderr);
const calls = JSON.parse(await text(process.stdin)) as readonly (readonly string[])[];
const results: { code: number; stdout: string; stderr: string }[] = [];
const write = process.stdout.write.bind(process.stdout);
for (const args of calls) {
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    process[name].write = (chunk: string | Uint8Array) => {
      printed[name] += String(chunk);
      return true;
    };
  }
  process.exitCode = 0;
  await main(args);
  results.push({ code: process.exitCode, ...printed });
}
process.exitCode = 0;
write(JSON.stringify(results));
