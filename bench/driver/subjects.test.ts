import { expect, test } from "vitest";
import { trials } from "../workloads/all.ts";
import type { Workload } from "../workloads/workload.ts";
import { subjectsFor, torchSettings } from "./subjects.ts";

const hosts = { python: undefined, chromium: "" };
const names = (title: string): string[] => {
  const { place, workload } = trials.find((trial) => trial.title === title)!;
  return subjectsFor(place, workload, hosts).map(({ name }) => name);
};

const LIBRARIES = [
  "glassnet native",
  "glassnet wasm",
  "glassnet reference",
  "PyTorch",
  "ONNX Runtime",
  "TensorFlow.js wasm",
  "TensorFlow.js cpu",
  "jax-js wasm",
  "brain.js",
];

test("every library has a row in every table of processes, whether it can do the work or not", () => {
  for (const { place, workload, title } of trials) {
    if (place !== "processes") continue;
    const subjects = subjectsFor(place, workload, hosts);
    expect(
      subjects.map(({ name }) => name),
      title,
    ).toEqual(expect.arrayContaining(LIBRARIES));
  }
});

test("limits and other ways of ours have rows only where they say something", () => {
  const others = (title: string) => names(title).filter((name) => !LIBRARIES.includes(name));
  expect(others("step 784-128-10, batch 32, SGD")).toEqual(["OpenBLAS (limit)"]);
  expect(others("step LeNet-5, batch 64, SGD")).toEqual([]);
  expect(others("predict 784-128-10, one example")).toEqual(["glassnet native, compile", "glassnet wasm, compile"]);
  expect(others("GEMM n = 512")).toEqual(["OpenBLAS (limit)", "bare wasm multiply-add (limit)"]);
  expect(others("Adam, 1,000,000 parameters")).toEqual([
    "glassnet native, guarded",
    "glassnet wasm, guarded",
    "plain JavaScript loop",
  ]);
});

test("who cannot do the recipe says why, and is not started", () => {
  const { place, workload } = trials.find(({ workload: { kind } }) => kind === "recipe")!;
  const refusing = subjectsFor(place, workload, hosts).filter(({ cannot }) => cannot?.(workload) !== undefined);
  expect(refusing.map(({ name }) => name)).toEqual([
    "glassnet reference",
    "ONNX Runtime",
    "TensorFlow.js cpu",
    "jax-js wasm",
    "brain.js",
  ]);
});

test("PyTorch is tried with every way to share two threads, told of AVX-512 and not", () => {
  const labels = torchSettings(["avx2", "avx512vl"]).map(({ label }) => label);
  const counts = ["1 + 1", "1 + 2", "2 + 1", "2 + 2"].map((count) => `${count} BLAS threads`);
  expect(labels).toEqual([...counts.map((count) => `${count}, avx512`), ...counts]);
  expect(torchSettings(["avx2"]).map(({ label }) => label)).toEqual(counts);
});

test("in a browser, ours and TensorFlow.js are tried on the page and in a worker; jax-js also without isolation", () => {
  const step = trials.find(({ title }) => title === "Chromium: step 784-128-10, batch 32, SGD")!.workload as Workload;
  const settings = new Map(subjectsFor("chromium", step, hosts).map((subject) => [subject.name, subject.settings]));
  const everywhere = ["1 thread, page", "1 thread, worker", "2 threads, page", "2 threads, worker"];
  for (const name of ["glassnet wasm", "TensorFlow.js wasm"]) {
    expect(settings.get(name)!.map(({ label }) => label)).toEqual(everywhere);
  }
  expect(settings.get("jax-js wasm")!.map(({ home }) => home)).toEqual([
    { thread: "page", isIsolated: true },
    { thread: "worker", isIsolated: true },
    { thread: "page", isIsolated: false },
    { thread: "worker", isIsolated: false },
  ]);
});
