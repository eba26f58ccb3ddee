/** @module The level below tensors: graphs, contracts, gradients, programs and backends, for authors of ops and backends. */

import * as composite from "./ops/composite.ts";

export type { VjpTable } from "./autodiff/gradients.ts";
export { gradients } from "./autodiff/gradients.ts";
export { vjp } from "./autodiff/vjp.ts";
export type { Backend, Device, LoadedProgram, SyncDevice } from "./backends/backend.ts";
export type {
  NativeGap,
  Notice,
  NoticeCode,
  NoticeDetails,
  NoticeOf,
  OneThreadCause,
  WasmGap,
  WasmRefusal,
} from "./backends/notice.ts";
export { openReference, reference } from "./backends/reference/device.ts";
export { hasRelaxedSimd, hasSharedMemory, hasSimd } from "./backends/wasm/probe.ts";
export type { Emitter, Infer } from "./ir/builder.ts";
export { GraphBuilder } from "./ir/builder.ts";
export type { Graph, Value, ValueOf } from "./ir/graph.ts";
export { topologicalOrder } from "./ir/graph.ts";
export type { Attrs, Inputs, PrimName, Prims } from "./ir/prim.ts";
export { printGraph } from "./ir/print.ts";
export { verifyGraph } from "./ir/verify.ts";
export { contracts, infer } from "./ops/all.ts";
export type { Contract } from "./ops/contract.ts";
export { Ops } from "./ops/operations.ts";
export type { ProgramSpec } from "./program/build.ts";
export { buildProgram } from "./program/build.ts";
export type { Lowered } from "./program/lower/lower.ts";
export { lowerProgram } from "./program/lower/lower.ts";
export { printLowered } from "./program/lower/print.ts";
export { printProgram } from "./program/print.ts";
export type { Buffer, Instruction, Program, RunRequest, RunResult, Source } from "./program/program.ts";
export { composite };
