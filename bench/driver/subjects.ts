import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Place } from "../workloads/all.ts";
import type { Workload } from "../workloads/workload.ts";
import { startProcess } from "./child-process.ts";
import { startPage } from "./chromium.ts";
import { instructionsOf } from "./machine.ts";
import { type Connection, type Setting, SubjectFault } from "./protocol.ts";

/** @file Who is measured, in what settings, and how each is started. */

export interface SubjectSpec {
  readonly name: string;
  /** Its file in `subjects/`, without the ending. */
  readonly module: string;
  readonly settings: readonly Setting[];
  /** Whether it takes part; others give no row at all. */
  readonly takes: (workload: Workload) => boolean;
  readonly start: (setting: Setting) => Connection;
  /** Whether it computes what the others do. Of one that does not, the numbers to check have to fall. True by default. */
  readonly isComparable?: boolean;
  /** What a reader must know about its figures. */
  readonly note?: string;
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

/** The recipe is written for some; plain TypeScript would take minutes for a seed. */
const allButRecipe = ({ kind }: Workload): boolean => kind !== "recipe";

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

/** Its builds do not recognise AVX-512 on every processor that has it, and are twice as fast in places if told. */
function torchSettings(): Setting[] {
  const counts = [1, 2].flatMap((own) => [1, 2].map((blas) => ({ own, blas })));
  if (!instructionsOf().includes("avx512vl")) return counts.map(torchSetting);
  return [
    ...counts.map((count) => torchSetting({ ...count, capability: "avx512" })),
    ...counts.filter(({ own, blas }) => own === blas).map(torchSetting),
  ];
}

const isGemm = ({ kind }: Workload): boolean => kind === "gemm";

type Start = SubjectSpec["start"];

const glassnet = (backend: string, counts: readonly number[], start: Start): SubjectSpec => ({
  name: `glassnet ${backend}`,
  module: "glassnet",
  settings: threads(...counts).map((setting) => ({ ...setting, options: { backend } })),
  takes: backend === "reference" || backend === "cpu" ? allButRecipe : () => true,
  start,
});

const tensorflow = (backend: string, counts: readonly number[], start: Start): SubjectSpec => ({
  name: `TensorFlow.js ${backend}`,
  module: "tensorflow",
  settings: threads(...counts).map((setting) => ({ ...setting, options: { backend } })),
  takes: backend === "reference" || backend === "cpu" ? allButRecipe : () => true,
  start,
});

const jax = (start: Start): SubjectSpec => ({
  name: "jax-js wasm",
  module: "jax",
  settings: threads(1),
  takes: allButRecipe,
  start,
});

const wasmLimit = (start: Start): SubjectSpec => ({
  name: "bare wasm multiply-add (limit)",
  module: "wasm-limit",
  settings: threads(1),
  takes: isGemm,
  start,
});

/** Who is measured in a place, in the order of the report. */
export function subjectsIn(place: Place, hosts: Hosts): readonly SubjectSpec[] {
  return place === "chromium" ? inChromium(hosts) : inProcesses(hosts);
}

function inChromium({ chromium }: Hosts): readonly SubjectSpec[] {
  const page = (module: string) => () => startPage(module, chromium);
  return [
    glassnet("wasm", [1, 2], page("glassnet")),
    tensorflow("wasm", [1, 2], page("tensorflow")),
    tensorflow("cpu", [1], page("tensorflow")),
    jax(page("jax")),
    wasmLimit(page("wasm-limit")),
  ];
}

function inProcesses({ python }: Hosts): readonly SubjectSpec[] {
  return [
    glassnet("native", [1, 2], thisNode),
    glassnet("wasm", [1, 2], thisNode),
    glassnet("reference", [1], thisNode),
    {
      name: "PyTorch",
      module: "torch_cpu",
      settings: torchSettings(),
      takes: () => true,
      start: onPython(python),
    },
    { name: "ONNX Runtime", module: "onnx-runtime", settings: threads(1, 2), takes: allButRecipe, start: thisNode },
    tensorflow("wasm", [1, 2], thisNode),
    tensorflow("cpu", [1], thisNode),
    jax(node24),
    {
      name: "brain.js",
      module: "brain",
      settings: threads(1),
      takes: ({ kind }) => kind === "step",
      start: thisNode,
      isComparable: false,
      note: "another loss, one example at a time: its error falls",
    },
    {
      name: "OpenBLAS (limit)",
      module: "numpy_blas",
      settings: threads(1, 2).map((setting) => ({
        ...setting,
        env: { ...SKYLAKE, OPENBLAS_NUM_THREADS: String(setting.threads) },
      })),
      takes: isGemm,
      start: onPython(python),
    },
    wasmLimit(thisNode),
    {
      name: "plain JavaScript loop",
      module: "plain",
      settings: threads(1),
      takes: ({ kind }) => kind === "adam",
      start: thisNode,
    },
  ];
}
