import {
  type ArrayData,
  type Device,
  type Divergence,
  decodeModel,
  fromArray,
  type Layer,
  paramsOf,
  type SavedModel,
} from "glassnet";
import { initialSettings, type Settings } from "../workspace/settings.ts";
import { copyOfModel, storedOf } from "./copy.ts";
import { type ExampleParams, inputOf, type StoredExample, storedExample } from "./example.ts";
import { History } from "./history.ts";
import { Insight } from "./inside.ts";
import { describeLayers, modelOf, preprocessingOf, type UnitMarks } from "./network.ts";
import type { Info, Origin, Running, Status, Trouble } from "./protocol.ts";
import { type Assets, builtInModel, digitSample, type SessionData, servedBy } from "./source.ts";
import { Teacher } from "./teacher.ts";
import { troubleOf } from "./trouble.ts";
import { WeightLog } from "./weight-log.ts";

/** A model in the session: what a file holds, a name, and where it came from. */
export interface Project extends SavedModel {
  readonly name: string;
  readonly origin: Origin;
}

export interface SessionOptions {
  readonly device: Device;
  readonly assets: Assets;
}

/**
 * The one model that the workspace is about, its data and its training. It lives in the worker; nothing here knows of messages or
 * of the page, so tests open one in Node.
 */
export class Session {
  readonly device: Device;
  readonly assets: Assets;
  readonly history = new History();
  readonly log = new WeightLog();
  /** Called when an epoch has ended, before the next step: they may pause. */
  readonly epochEnds = new Set<() => void>();
  #settings: Settings = initialSettings;
  #project!: Project;
  #data!: SessionData;
  #teacher!: Teacher;
  #insight: Insight | undefined;
  #marks = new Map<string, UnitMarks>();
  #isEdited = false;
  #revision = 1;
  #infoRevision = 1;
  #running: Running | null = null;
  #stepsPerSecond: number | null = null;
  #limit: number | null = null;
  #divergence: Divergence | null = null;
  #failure: Trouble | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  #driving: Promise<void> | undefined;
  readonly #own = new Map<string, unknown>();

  private constructor({ device, assets }: SessionOptions) {
    this.device = device;
    this.assets = assets;
  }

  /** Begins with the built-in digits, and with their model if the server names no other. */
  static async open(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    session.#data = await digitSample(options.assets);
    const { model } = await servedBy(options.assets);
    const project: Project =
      model === null
        ? { ...(await builtInModel(options.assets)), name: "digits", origin: "built-in" }
        : { ...decodeModel(await options.assets(model.path), {}, model.name), name: model.name, origin: "file" };
    await session.#take(project);
    return session;
  }

  get settings(): Settings {
    return this.#settings;
  }

  get data(): SessionData {
    return this.#data;
  }

  /** The model. Its weights are those of now only after `current`. */
  get project(): Project {
    return this.#project;
  }

  get teacher(): Teacher {
    return this.#teacher;
  }

  get marks(): ReadonlyMap<string, UnitMarks> {
    return this.#marks;
  }

  /** Something that a family of requests keeps, made when it is first asked for. It is forgotten with the session. */
  own<T>(key: string, make: () => T): T {
    if (!this.#own.has(key)) this.#own.set(key, make());
    return this.#own.get(key) as T;
  }

  /** Work that nothing else comes between: no training step, no other request. In the order in which it is asked for. */
  exclusively<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** The model with the weights of now. */
  async current(): Promise<Project> {
    await this.#teacher.sync();
    return this.#project;
  }

  /** What goes through the model for a batch, with the weights of now. */
  async insight(): Promise<Insight> {
    await this.#teacher.sync();
    this.#insight ??= new Insight(this.#project.model, this.device);
    return this.#insight;
  }

  /** An example as it is stored. @throws StudioError "not-there" */
  stored(example: ExampleParams): StoredExample {
    return storedExample(example, this.#data, this.#project.inputShape);
  }

  /** An example as the network sees it: [1, ...inputShape]. */
  input(example: ExampleParams) {
    return inputOf(this.stored(example), this.#project.preprocessing);
  }

  /** A model of its own with the weights of now, for jobs: it may be changed and trained. Silenced units stay silenced. */
  async copyModel(): Promise<Layer> {
    return copyOfModel(await this.current());
  }

  /** Says that weights, model or data have changed. */
  touch(): void {
    this.#revision++;
  }

  #touchInfo(): void {
    this.#revision++;
    this.#infoRevision++;
  }

  // What is taught

  async #take(project: Project): Promise<void> {
    await this.#teacher?.close();
    await this.#insight?.release();
    this.#insight = undefined;
    this.#project = project;
    this.#marks = new Map();
    this.#isEdited = false;
    this.#divergence = null;
    this.#failure = null;
    this.history.clear();
    this.log.clear();
    this.#lesson();
    this.log.keep(0, project.model);
    this.#touchInfo();
  }

  #lesson(): void {
    const { model, preprocessing } = this.#project;
    const { training, validation } = this.#data;
    this.#teacher = new Teacher(
      {
        model,
        training: { ...training, preprocessing },
        validation: validation && { ...validation, preprocessing },
        device: this.device,
        settings: () => this.#settings,
        marks: () => this.#marks,
      },
      this.history,
    );
  }

  /** Takes a model from a file or a lab, with data that fit it if some are given. */
  async adopt(project: Project, data?: SessionData): Promise<void> {
    this.pause();
    if (data !== undefined) this.#data = data;
    await this.#take(project);
  }

  /** Replaces the data. The model is made anew from the settings if it does not take them. */
  async useData(data: SessionData): Promise<void> {
    this.pause();
    this.#data = data;
    await this.rebuild();
  }

  /** Makes the model anew from the settings: start values from the seed. */
  async rebuild(): Promise<void> {
    this.pause();
    const { training, columns } = this.#data;
    await this.#take({
      model: modelOf(this.#settings, training),
      inputShape: training.inputShape,
      preprocessing: preprocessingOf(this.#settings.input, training),
      outputs: this.#settings.loss === "crossEntropy" ? "logits" : "scores",
      ...(training.classNames && { classNames: training.classNames }),
      name: columns === null ? "digits" : training.name,
      origin: "settings",
    });
  }

  /**
   * Takes new settings over. The learning rate changes as training goes; loss, optimizer and batch size keep the weights and
   * begin with a fresh optimizer; the rest means new start values.
   *
   * @returns what became of the weights
   */
  async configure(settings: Settings): Promise<"kept" | "rebuilt"> {
    const before = this.#settings;
    const differ = (...names: (keyof Settings)[]): boolean =>
      names.some((name) => JSON.stringify(before[name]) !== JSON.stringify(settings[name]));
    this.#settings = settings;
    if (differ("hidden", "outputInit", "input", "seed")) {
      await this.rebuild();
      return "rebuilt";
    }
    if (differ("loss", "optimizer", "batchSize")) await this.#teacher.restart();
    this.#touchInfo();
    return "kept";
  }

  /**
   * Changes weights by hand, or marks of units, while training is under way or not.
   *
   * @param change is given every parameter by path, to be written to
   */
  async revise(
    change: (variables: Readonly<Record<string, ArrayData>>) => void,
    marks?: ReadonlyMap<string, UnitMarks>,
  ): Promise<void> {
    await this.#teacher.revise(change);
    const params = paramsOf(this.#project.model);
    const variables = Object.fromEntries(
      [...params].map(([path, { value }]) => [path, { ...storedOf(value), data: storedOf(value).data.slice() }]),
    );
    change(variables);
    for (const [path, param] of params) param.assign(fromArray(variables[path]!));
    if (marks !== undefined) this.#marks = new Map(marks);
    this.#isEdited = true;
    this.#touchInfo();
  }

  /** Puts another model object with the same parameters in the place of the present one: units were silenced. */
  async reshape(model: Layer): Promise<void> {
    await this.#teacher.revise(() => undefined);
    await this.#insight?.release();
    this.#insight = undefined;
    this.#project = { ...this.#project, model };
    this.#teacher.replaceModel(model);
    this.#touchInfo();
  }

  // Running

  /** Trains until it is paused, or to the end of the step or epoch. */
  run(mode: Running): void {
    this.#running = mode;
    this.#divergence = null;
    this.#failure = null;
    this.#driving ??= this.#drive()
      .catch((error: unknown) => {
        this.#failure = troubleOf(error);
        this.#revision++;
      })
      .finally(() => {
        this.#driving = undefined;
      });
  }

  /** Stops at the next step. */
  pause(): void {
    this.#running = null;
  }

  /** Resolves when nothing is being trained any more. */
  async idle(): Promise<void> {
    await this.#driving;
  }

  /** At most so many steps a second; as fast as it goes for `null`. */
  limit(stepsPerSecond: number | null): void {
    this.#limit = stepsPerSecond;
  }

  async #drive(): Promise<void> {
    let since = performance.now();
    let counted = 0;
    try {
      while (this.#running !== null) {
        const begin = performance.now();
        const steps = await this.exclusively(() => this.#advance());
        counted += steps;
        const now = performance.now();
        if (now - since > 500) {
          this.#stepsPerSecond = (1000 * counted) / (now - since);
          since = now;
          counted = 0;
        }
        const limit = this.#limit;
        if (limit !== null && this.#running === "run") await wait(begin + 1000 / limit - now);
      }
    } finally {
      this.#running = null;
      this.#stepsPerSecond = null;
    }
  }

  async #advance(): Promise<number> {
    const mode = this.#running;
    if (mode === null) return 0; // paused while it waited for its turn
    const isSingle = mode === "step" || (this.#limit !== null && mode === "run");
    const before = this.#teacher.epoch;
    let done = await this.#teacher.advance(isSingle ? 1 : Number.POSITIVE_INFINITY);
    if (done.divergence === null && this.#teacher.isEpochDue) {
      const { steps } = done;
      done = { ...(await this.#teacher.advance(1)), steps };
    }
    if (this.#teacher.epoch !== before) {
      await this.#teacher.sync();
      this.log.keep(this.#teacher.step, this.#project.model);
      for (const hear of this.epochEnds) hear();
    }
    if (done.divergence !== null) this.#divergence = done.divergence;
    const isOver = mode === "step" ? done.steps > 0 : mode === "epoch" && done.endsEpoch;
    if ((isOver && this.#running === mode) || done.divergence !== null) this.#running = null;
    this.#revision++;
    return done.steps;
  }

  // What is told

  info(): Info {
    const { model, name, origin, inputShape, classNames, outputs = "logits", preprocessing } = this.#project;
    const { source, training, validation, columns } = this.#data;
    let parameters = 0;
    for (const { shape } of paramsOf(model).values()) parameters += shape.reduce((size, n) => size * n, 1);
    return {
      model: {
        ...{ name, origin, inputShape, outputs, preprocessing, parameters },
        classNames: classNames ?? null,
        layers: describeLayers(model, this.#marks),
        isEdited: this.#isEdited,
      },
      data: {
        ...{ name: training.name, source, columns, inputShape: training.inputShape },
        training: training.size,
        validation: validation?.size ?? 0,
        classNames: training.classNames ?? null,
      },
      settings: this.#settings,
      device: { backend: this.device.backend, variant: this.device.variant },
    };
  }

  /** @param known the revision of the info that the listener has */
  status(known = 0): Status {
    return {
      revision: this.#revision,
      infoRevision: this.#infoRevision,
      ...(known !== this.#infoRevision && { info: this.info() }),
      running: this.#running,
      step: this.#teacher.step,
      epoch: this.#teacher.epoch,
      stepsPerEpoch: this.#teacher.stepsPerEpoch,
      batchLoss: this.history.lastLoss,
      stepsPerSecond: this.#stepsPerSecond,
      divergence: this.#divergence,
      failure: this.#failure,
    };
  }

  async close(): Promise<void> {
    this.pause();
    await this.idle();
    await this.#insight?.release();
    await this.#teacher.close();
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
