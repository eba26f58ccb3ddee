import type { ActivationName, Divergence, ErrorCode, Preprocessing } from "glassnet";
import type { Settings } from "../workspace/settings.ts";
import type { Families } from "./families.ts";
import type { Handler } from "./handler.ts";

/** @file What page and worker say to each other. Kinds of requests are not listed here: `families.ts` has a table of handlers. */

type KindIn<F extends keyof Families> = `${F}/${keyof Families[F] & string}`;

/** The name of a request, `family/name`, such as `core/weights`. */
export type Kind = { [F in keyof Families]: KindIn<F> }[keyof Families];

type HandlerOf<K> = K extends `${infer F extends keyof Families}/${infer N}`
  ? N extends keyof Families[F]
    ? Families[F][N] extends infer H extends Handler
      ? H
      : never
    : never
  : never;

/** What a request is given. `undefined` if its handler takes nothing. */
export type Params<K extends Kind> =
  HandlerOf<K> extends (session: never, params: infer P) => unknown ? (unknown extends P ? undefined : P) : undefined;

type Result<K extends Kind> = ReturnType<HandlerOf<K>>;

/** What is answered. */
export type Answer<K extends Kind> = Awaited<Result<K>>;

/** Kinds whose handler is an async generator: jobs. */
export type JobKind = { [K in Kind]: Result<K> extends AsyncGenerator<unknown, unknown, unknown> ? K : never }[Kind];
/** Kinds that are answered once. */
export type RequestKind = Exclude<Kind, JobKind>;

export type Progress<K extends JobKind> = Result<K> extends AsyncGenerator<infer P, unknown, unknown> ? P : never;
export type JobResult<K extends JobKind> = Result<K> extends AsyncGenerator<unknown, infer R, unknown> ? R : never;

/** Reasons of the studio's own, beside those of the library. */
export type StudioErrorCode = "no-training-data" | "worker-lost" | "not-there" | "too-large" | "internal";

/** An error on its way to the page. */
export interface Trouble {
  readonly code: ErrorCode | StudioErrorCode;
  /** English, as the library says it: where, what was got, what was expected, what to do. */
  readonly message: string;
  /** Why a file was refused, for `invalid-file`. */
  readonly reason?: string;
}

/** A linear layer of the model. */
export interface LayerInfo {
  /** Such as `layers.0`; what `Selection.layer` holds. */
  readonly path: string;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly hasBias: boolean;
  /** The activation behind it, and its path. */
  readonly activation: ActivationName | null;
  readonly activationPath: string | null;
  readonly isOutput: boolean;
  /** Units that were silenced (their activation is 0) and that are frozen (training leaves them alone). */
  readonly silenced: readonly number[];
  readonly frozen: readonly number[];
}

/** Where the model comes from. */
export type Origin = "built-in" | "settings" | "file" | "lab";

export interface ModelInfo {
  readonly name: string;
  readonly origin: Origin;
  readonly inputShape: readonly number[];
  /** Names of the outputs, if they are classes. */
  readonly classNames: readonly string[] | null;
  readonly outputs: "logits" | "scores";
  readonly preprocessing: Preprocessing;
  readonly layers: readonly LayerInfo[];
  readonly parameters: number;
  /** Whether weights were changed by hand. */
  readonly isEdited: boolean;
}

export type DataSource = "digits" | "mnist" | "table" | "lab";

export interface DataInfo {
  readonly name: string;
  readonly source: DataSource;
  readonly training: number;
  readonly validation: number;
  /** Shape of one example as it is stored. */
  readonly inputShape: readonly number[];
  readonly classNames: readonly string[] | null;
  /** Names of the inputs, for tables. */
  readonly columns: readonly string[] | null;
}

/** What changes seldom. It comes with a status only when it has changed. */
export interface Info {
  readonly model: ModelInfo;
  readonly data: DataInfo;
  readonly settings: Settings;
  readonly device: { readonly backend: string; readonly variant: string };
}

/** What the training does: goes on until it is paused, or to the end of the step or epoch. */
export type Running = "run" | "step" | "epoch";

/** Where the session stands. It comes with every message. */
export interface Status {
  /** Rises with every change of weights, model or data: what was computed before may differ now. */
  readonly revision: number;
  /** Rises when `Info` changes. */
  readonly infoRevision: number;
  readonly info?: Info;
  readonly running: Running | null;
  /** Steps and whole epochs done since the start values. */
  readonly step: number;
  readonly epoch: number;
  readonly stepsPerEpoch: number;
  /** Loss of the last batch, before its update. */
  readonly batchLoss: number | null;
  readonly stepsPerSecond: number | null;
  /** Why training stopped by itself. */
  readonly divergence: Divergence | null;
  /** Why it could not go on at all, such as a model that does not take the data. */
  readonly failure: Trouble | null;
}

/** From the page. `id` is the page's own count. */
export type ToWorker =
  | { readonly type: "open"; readonly base: string }
  | { readonly type: "request"; readonly id: number; readonly kind: Kind; readonly params: unknown }
  | { readonly type: "cancel"; readonly id: number }
  | {
      readonly type: "pull";
      readonly id: number;
      readonly queries: readonly { readonly key: number; readonly kind: RequestKind; readonly params: unknown }[];
    };

export type Outcome = { readonly answer: unknown } | { readonly trouble: Trouble };

/** From the worker. */
export type ToPage =
  | { readonly type: "opened"; readonly status: Status }
  | { readonly type: "failed"; readonly trouble: Trouble }
  | { readonly type: "answer"; readonly id: number; readonly outcome: Outcome; readonly status: Status }
  | { readonly type: "progress"; readonly id: number; readonly progress: unknown; readonly status: Status }
  | {
      readonly type: "pulled";
      readonly id: number;
      readonly outcomes: readonly (Outcome & { readonly key: number })[];
      readonly status: Status;
    };
