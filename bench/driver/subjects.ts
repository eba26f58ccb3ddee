import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Place } from "../workloads/all.ts";
import type { Workload } from "../workloads/workload.ts";
import { startProcess } from "./child-process.ts";
import { startPage } from "./chromium.ts";
import { instructionsOf } from "./machine.ts";
import { type Connection, type Home, type Setting, SubjectFault } from "./protocol.ts";

/** @file Who is measured, in what settings, and how each is started. */

export interface SubjectSpec {
  readonly name: string;
  /** Its file in `subjects/`, without the ending. */
  readonly module: string;
  readonly settings: readonly Setting[];
  /** The kinds of workloads that it was made for, all by default. A limit or another way of ours has no row elsewhere. */
  readonly belongsTo?: (workload: Workload) => boolean;
  /** Why it cannot do a workload, if that is known before it is started: its row says so. */
  readonly cannot?: (workload: Workload) => string | undefined;
  readonly start: (setting: Setting) => Connection;
  /** Whether it computes what the others do. Of one that does not, the numbers to check have to fall. True by default. */
  readonly isComparable?: boolean;
  /** What a reader must know about its figure. */
  readonly note?: (workload: Workload) => string | undefined;
}

export interface Hosts {
  /** A Python that imports torch, or nothing. */
  readonly python: string | undefined;
  /** Where Chromium is. */
  readonly chromium: string;
}

const bench = join(import.meta.dirname, "..");
const subjects = join(bench, "subjects");

const threads = (...counts: readonly number[]): Setting[] =>
  counts.map((count) => ({ label: count === 1 ? "1 thread" : `${count} threads`, threads: count }));

function onNode(program: string, flags: readonly string[]) {
  return ({ env }: Setting): Connection =>
    startProcess({ program, args: [...flags, join(subjects, "serve.ts")], cwd: bench, ...(env && { env }) });
}

/** The Node that runs the benchmark; `tsx` reads TypeScript for it. */
const thisNode = onNode(process.execPath, ["--import", "tsx"]);

/** A newer Node, which reads TypeScript itself: the npm packages that `node` is made of. */
function node24(setting: Setting): Connection {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const manifest = join(bench, "node_modules", name, "package.json");
  if (!existsSync(manifest)) throw new SubjectFault("absent", `needs Node 24: the package ${name} is not installed`);
  const binary = join(bench, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  return onNode(binary, [])(setting);
}

function onPython(python: string | undefined) {
  return ({ env }: Setting): Connection => {
    if (python === undefined)
      throw new SubjectFault("absent", "no Python that imports torch: name one with --python PATH");
    return startProcess({
      program: python,
      args: [join(subjects, "serve.py")],
      cwd: bench,
      env: { PYTHONDONTWRITEBYTECODE: "1", ...env },
    });
  };
}

type Cannot = NonNullable<SubjectSpec["cannot"]>;

const unlessRecipe =
  (why: string): Cannot =>
  ({ kind }) =>
    kind === "recipe" ? why : undefined;

const tooSlow = unlessRecipe("minutes for each of the seeds");
const notWritten = unlessRecipe("the recipe is not written for it here");

/** OpenBLAS does not know newer processors; these kernels are the best it has for AVX-512. */
const SKYLAKE = { OPENBLAS_CORETYPE: "SkylakeX" };

interface TorchOptions {
  /** Its own threads, and those of the library that multiplies for it. */
  readonly own: number;
  readonly blas: number;
  /** The instructions of its own kernels, where they are not those that it takes by itself. */
  readonly capability?: "avx512";
}

const torchSetting = ({ own, blas, capability }: TorchOptions): Setting => ({
  label: `${own} + ${blas} BLAS threads${capability === undefined ? "" : `, ${capability}`}`,
  threads: Math.max(own, blas),
  env: {
    ...SKYLAKE,
    OMP_NUM_THREADS: String(own),
    OPENBLAS_NUM_THREADS: String(blas),
    ...(capability && { ATEN_CPU_CAPABILITY: capability }),
  },
  options: { ownThreads: String(own) },
});

/**
 * Every way to share two threads. Its builds do not recognise AVX-512 on every processor that has it, and are twice as fast in
 * places if told, slower in others: there, each way both told and untold.
 */
export function torchSettings(instructions = instructionsOf()): Setting[] {
  const counts = [1, 2].flatMap((own) => [1, 2].map((blas) => ({ own, blas })));
  const told = instructions.includes("avx512vl")
    ? counts.map((count) => ({ ...count, capability: "avx512" as const }))
    : [];
  return [...told, ...counts].map(torchSetting);
}

const isGemm = ({ kind }: Workload): boolean => kind === "gemm";

/** Training steps of linear layers, whose products can be multiplied without the rest. */
const isLinearStep = (workload: Workload): boolean =>
  workload.kind === "step" && workload.network.layers.every(({ kind }) => kind === "linear" || kind === "relu");

type Start = SubjectSpec["start"];

const onBackend = (backend: string, settings: readonly Setting[]): Setting[] =>
  settings.map((setting) => ({ ...setting, options: { ...setting.options, backend } }));

const glassnet = (backend: string, settings: readonly Setting[], start: Start): SubjectSpec => ({
  name: `glassnet ${backend}`,
  module: "glassnet",
  settings: onBackend(backend, settings),
  ...(backend === "reference"
    ? { cannot: tooSlow }
    : { note: ({ kind }) => (kind === "adam" ? "no guard: parameters change where they lie" : undefined) }),
  start,
});

/** The same work by another road of ours, for the reader to see what that costs. */
const ways = {
  compile: { kind: "predict", note: "a compiled function of tensors, which are made for each call" },
  guarded: { kind: "adam", note: "as `train` does it: what is not finite is not applied" },
} as const;

const glassnetBy = (
  way: keyof typeof ways,
  backend: string,
  settings: readonly Setting[],
  start: Start,
): SubjectSpec => ({
  name: `glassnet ${backend}, ${way}`,
  module: "glassnet",
  settings: onBackend(backend, settings).map((setting) => ({ ...setting, options: { ...setting.options, way } })),
  belongsTo: ({ kind }) => kind === ways[way].kind,
  note: () => ways[way].note,
  start,
});

const tensorflow = (backend: string, settings: readonly Setting[], start: Start): SubjectSpec => ({
  name: `TensorFlow.js ${backend}`,
  module: "tensorflow",
  settings: onBackend(backend, settings),
  ...(backend === "cpu" && { cannot: tooSlow }),
  start,
});

const jax = (settings: readonly Setting[], start: Start): SubjectSpec => ({
  name: "jax-js wasm",
  module: "jax",
  settings,
  cannot: notWritten,
  start,
});

const wasmLimit = (settings: readonly Setting[], start: Start): SubjectSpec => ({
  name: "bare wasm multiply-add (limit)",
  module: "wasm-limit",
  settings,
  belongsTo: isGemm,
  start,
});

/** Who is measured in a place, in the order of the report. */
export function subjectsIn(place: Place, hosts: Hosts): readonly SubjectSpec[] {
  return place === "chromium" ? inChromium(hosts) : inProcesses(hosts);
}

/** Who has a row in the table of a workload. */
export function subjectsFor(place: Place, workload: Workload, hosts: Hosts): readonly SubjectSpec[] {
  return subjectsIn(place, hosts).filter(({ belongsTo }) => belongsTo?.(workload) ?? true);
}

/** A setting in each of several places of a browser. */
function at(setting: Setting, ...homes: readonly Home[]): Setting[] {
  return homes.map((home) => ({
    ...setting,
    label: `${setting.label}, ${home.thread}${home.isIsolated ? "" : " not isolated"}`,
    home,
  }));
}

const PAGE: Home = { thread: "page", isIsolated: true };
const WORKER: Home = { thread: "worker", isIsolated: true };

/** It takes as many workers as there are processors if memory can be shared, and none where it cannot. */
function jaxSettings(): Setting[] {
  const count = availableParallelism();
  const label = count === 1 ? "1 worker" : `${count} workers`;
  const apart = { isIsolated: false } as const;
  return [
    ...at({ label, threads: count }, PAGE, WORKER),
    ...at({ label: "no workers", threads: 1 }, { ...PAGE, ...apart }, { ...WORKER, ...apart }),
  ];
}

function inChromium({ chromium }: Hosts): readonly SubjectSpec[] {
  const page =
    (module: string) =>
    ({ home = PAGE }: Setting) =>
      startPage(module, chromium, home);
  const everywhere = threads(1, 2).flatMap((setting) => at(setting, PAGE, WORKER));
  const onPage = at(threads(1)[0]!, PAGE);
  return [
    glassnet("wasm", everywhere, page("glassnet")),
    glassnetBy("compile", "wasm", everywhere, page("glassnet")),
    glassnetBy("guarded", "wasm", everywhere, page("glassnet")),
    tensorflow("wasm", everywhere, page("tensorflow")),
    tensorflow("cpu", onPage, page("tensorflow")),
    jax(jaxSettings(), page("jax")),
    wasmLimit(onPage, page("wasm-limit")),
  ];
}

function inProcesses({ python }: Hosts): readonly SubjectSpec[] {
  const one = threads(1);
  const both = threads(1, 2);
  const openBlas = both.map((setting) => ({
    ...setting,
    env: { ...SKYLAKE, OPENBLAS_NUM_THREADS: String(setting.threads) },
  }));
  return [
    glassnet("native", both, thisNode),
    glassnet("wasm", both, thisNode),
    glassnet("reference", one, thisNode),
    ...(["compile", "guarded"] as const).flatMap((way) => [
      glassnetBy(way, "native", both, thisNode),
      glassnetBy(way, "wasm", both, thisNode),
    ]),
    { name: "PyTorch", module: "torch_cpu", settings: torchSettings(), start: onPython(python) },
    { name: "ONNX Runtime", module: "onnx-runtime", settings: both, cannot: notWritten, start: thisNode },
    tensorflow("wasm", both, thisNode),
    tensorflow("cpu", one, thisNode),
    jax(one, node24),
    {
      name: "brain.js",
      module: "brain",
      settings: one,
      cannot: ({ kind }) => (kind === "step" ? undefined : BRAIN_LACKS[kind]),
      start: thisNode,
      isComparable: false,
      note: () => "another loss, one example at a time: its error falls",
    },
    {
      name: "OpenBLAS (limit)",
      module: "numpy_blas",
      settings: openBlas,
      belongsTo: (workload) => isGemm(workload) || isLinearStep(workload),
      note: (workload) => (workload.kind === "step" ? "the products of the step, nothing else" : undefined),
      start: onPython(python),
    },
    wasmLimit(one, thisNode),
    {
      name: "plain JavaScript loop",
      module: "plain",
      settings: one,
      belongsTo: ({ kind }) => kind === "adam",
      start: thisNode,
    },
  ];
}

const BRAIN_LACKS = {
  predict: "its last layer has the activation of the others: that is another network",
  gemm: "has no operations of its own",
  adam: "has no optimizer of its own",
  recipe: "trains on another loss, one example at a time",
} as const;
