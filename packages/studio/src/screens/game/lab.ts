import { type Dataset, dataset, fromData, type Layer, Rng, type Tensor } from "glassnet";
import { type Arena, distance, type Point } from "../../game/arena.ts";
import { drawPlace, isTrainingGoal } from "../../game/goal-split.ts";
import { type Attempt, attempts, createPolicy, type Policy, stepOf } from "../../game/policy.ts";
import { examine } from "../../game/policy-exam.ts";
import { trainPolicy } from "../../game/policy-training.ts";
import { policyInputs } from "../../game/senses.ts";
import { Terrain } from "../../game/terrain.ts";
import { copyOfModel } from "../../worker/copy.ts";
import { give } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { wallsText } from "./arena-text.ts";

/** An attempt on its way to the page. */
export interface Trail {
  readonly start: Point;
  readonly goal: Point;
  readonly isReached: boolean;
  readonly length: number;
  readonly shortest: number;
  readonly ratio: number | null;
  /** All places: x and y in turns. */
  readonly path: Float32Array;
}

/** What an epoch of learning brought. Epoch 0 is before it. */
export interface EpochReport {
  readonly epoch: number;
  /** Mean walking distance over all characters and steps. */
  readonly loss: number | null;
  /** Attempts that ended in it. */
  readonly attempts: number;
  readonly reached: number;
  /** The attempts that are drawn: from the same starts to the same goals after every epoch. */
  readonly trails: readonly Trail[];
}

export interface ExamReport {
  readonly share: number;
  readonly medianRatio: number | null;
  readonly worstRatio: number | null;
  readonly trails: readonly Trail[];
  /** Epochs learnt before it. */
  readonly epoch: number;
  /** Whether the policy was open in the workspace then, where its weights may be changed. */
  readonly isOpen: boolean;
}

export interface LearnParams {
  readonly arena: Arena;
  readonly seed: number;
  readonly epochs: number;
}

export interface LearnProgress {
  readonly epochs: number;
  /** Updates of the weights so far, and at the end. */
  readonly updates: number;
  readonly of: number;
  /** When an epoch has ended. */
  readonly report: EpochReport | null;
}

/** What the page knows of the policy without learning anew. */
export interface PolicyState {
  readonly walls: string;
  readonly seed: number;
  readonly reports: readonly EpochReport[];
  readonly before: ExamReport | null;
  readonly exam: ExamReport | null;
  /** Whether the workspace is about it now. */
  readonly isOpen: boolean;
}

export const UPDATES_PER_EPOCH = 50;
/** Updates in one turn of the job: others wait no longer than for these. */
const UPDATES_PER_TURN = 2;
const SHOWN = 15;
export const POLICY_NAME = "policy";

const trailOf = ({ start, goal, isReached, length, shortest, ratio, path }: Attempt): Trail => ({
  ...{ start, goal, isReached, length, shortest },
  ratio: ratio ?? null,
  path: Float32Array.from(path.flatMap(({ x, y }) => [x, y])),
});

/** A row of the data with which the policy is opened in the microscope: where it stands, and where it wants to go. */
interface Situation {
  readonly place: Point;
  readonly goal: Point;
}

/** What the policy is told in a situation, and what it does. */
export interface SituationReport extends Situation {
  readonly inputs: Float32Array;
  /** What the network gives, and the step that is made of it. */
  readonly output: Point;
  readonly step: Point;
  /** How many such rows there are. */
  readonly count: number;
}

/** The policy as the worker keeps it. */
export class GameLab {
  #policy: Policy | undefined;
  #seed = 0;
  #reports: EpochReport[] = [];
  #before: ExamReport | null = null;
  #exam: ExamReport | null = null;
  /** The situations that the workspace has as data. */
  #rows: { readonly validation: readonly Situation[]; readonly training: readonly Situation[] } | undefined;
  #opened: Layer | undefined;
  /** What the workspace was about before the policy was opened in it. */
  #workspace:
    | {
        readonly project: Session["project"];
        readonly data: Session["data"];
        readonly loss: Session["settings"]["loss"];
      }
    | undefined;

  static of(session: Session): GameLab {
    return session.own("game", () => new GameLab());
  }

  state(session: Session): PolicyState | null {
    if (this.#policy === undefined) return null;
    return {
      walls: wallsText(this.#policy.arena),
      seed: this.#seed,
      reports: this.#reports,
      before: this.#before,
      exam: this.#exam,
      isOpen: this.isOpen(session),
    };
  }

  /** Whether the workspace is about the policy: trained and changed there, it is the one that walks here. */
  isOpen({ project }: Session): boolean {
    return this.#opened !== undefined && project.origin === "lab" && project.name === POLICY_NAME;
  }

  /** The policy with the weights of now, in its arena with another start and goal. */
  async policyFor(session: Session): Promise<Policy | null> {
    if (this.#policy === undefined) return null;
    return this.isOpen(session) ? { ...this.#policy, model: (await session.current()).model } : this.#policy;
  }

  /** Learns from fresh weights. Stopped, it keeps what it has learnt. */
  async *learn(
    session: Session,
    { arena, seed, epochs }: LearnParams,
  ): AsyncGenerator<LearnProgress, PolicyState, undefined> {
    if (this.isOpen(session)) await this.giveBack(session);
    const { device } = session;
    const policy = createPolicy(arena, { seed });
    const rng = Rng.seeded(seed).fold("shown");
    const { terrain } = policy;
    const starts = [arena.start, ...Array.from({ length: SHOWN }, () => drawPlace(terrain, rng))];
    const unseen = (point: Point): boolean => !isTrainingGoal(point);
    const goals = [arena.goal, ...Array.from({ length: SHOWN }, () => drawPlace(terrain, rng, unseen))];
    this.#policy = policy;
    this.#seed = seed;
    this.#reports = [];
    this.#exam = null;
    this.#opened = undefined;
    const of = epochs * UPDATES_PER_EPOCH;
    const report = async (found: Omit<EpochReport, "trails">): Promise<EpochReport> => {
      const trails = (await attempts(policy, starts, goals, { device })).map(trailOf);
      const made = { ...found, trails };
      this.#reports.push(made);
      return made;
    };
    this.#before = await this.#examined(session, policy);
    yield { epochs, updates: 0, of, report: await report({ epoch: 0, loss: null, attempts: 0, reached: 0 }) };
    // An epoch in short pieces: the rate falls over all updates alike, so the weights are the same to the bit.
    const turns = UPDATES_PER_EPOCH / UPDATES_PER_TURN;
    let sum = { loss: 0, attempts: 0, reached: 0 };
    const options = { epochs: epochs * turns, updates: UPDATES_PER_TURN, seed, device };
    for await (const piece of trainPolicy(policy, options)) {
      sum = {
        loss: sum.loss + piece.loss / turns,
        attempts: sum.attempts + piece.attempts,
        reached: sum.reached + piece.reached,
      };
      const isEnd = piece.epoch % turns === 0;
      yield {
        ...{ epochs, updates: piece.updates, of },
        report: isEnd ? await report({ epoch: piece.epoch / turns, ...sum }) : null,
      };
      if (isEnd) sum = { loss: 0, attempts: 0, reached: 0 };
    }
    await this.examine(session);
    return this.state(session)!;
  }

  /** 200 goals that were never seen in learning. `null` without a policy. */
  async examine(session: Session): Promise<ExamReport | null> {
    const policy = await this.policyFor(session);
    this.#exam = policy && (await this.#examined(session, policy));
    return this.#exam;
  }

  async #examined(session: Session, policy: Policy): Promise<ExamReport> {
    const {
      share,
      medianRatio,
      worstRatio,
      attempts: all,
    } = await examine(policy, { seed: this.#seed, device: session.device });
    return {
      share,
      medianRatio: medianRatio ?? null,
      worstRatio: worstRatio ?? null,
      trails: all.map(trailOf),
      epoch: this.#reports.at(-1)?.epoch ?? 0,
      isOpen: this.isOpen(session),
    };
  }

  /** One way of the policy. Walls are those in which it has learnt. `null` without a policy. */
  async attempt(session: Session, { start, goal }: Pick<Arena, "start" | "goal">): Promise<Trail | null> {
    const policy = await this.policyFor(session);
    if (policy === null) return null;
    const [attempt] = await attempts(policy, [start], [goal], { device: session.device });
    const { path, ...rest } = trailOf(attempt!);
    return { ...rest, path: give(path as Float32Array<ArrayBuffer>) };
  }

  /**
   * Makes the policy what the whole workspace is about. Its examples: the steps of its own way to the goal (validation), and places
   * from anywhere to goals of the training (training). Targets are the directions of the shortest ways.
   */
  async adopt(
    session: Session,
    { columns, start, goal }: { columns: readonly string[]; start: Point; goal: Point },
  ): Promise<boolean> {
    if (this.#policy === undefined) return false;
    if (this.isOpen(session)) return true;
    const policy = this.#policy;
    const { device } = session;
    this.#workspace = { project: await session.current(), data: session.data, loss: session.settings.loss };
    const [attempt] = await attempts(policy, [start], [goal], { device });
    const own = attempt!.path.map((place) => ({ place, goal }));
    const rng = Rng.seeded(this.#seed).fold("situations");
    const others = Array.from({ length: 24 }, () => drawPlace(policy.terrain, rng, isTrainingGoal)).flatMap((to) =>
      Array.from({ length: 20 }, () => ({ place: drawPlace(policy.terrain, rng), goal: to })),
    );
    const model = copyOfModel({
      model: policy.model,
      inputShape: [policyInputs.length],
      preprocessing: { kind: "none" },
    });
    await session.adopt(
      {
        ...{ model, inputShape: [policyInputs.length], preprocessing: { kind: "none" }, outputs: "scores" },
        ...{ name: POLICY_NAME, origin: "lab" },
      },
      {
        source: "lab",
        training: await this.#situations(session, policy, others),
        validation: await this.#situations(session, policy, own),
        columns,
      },
    );
    await session.configure({ ...session.settings, loss: "meanSquaredError" });
    this.#opened = model;
    this.#rows = { validation: own, training: others };
    return true;
  }

  async #situations({ device }: Session, policy: Policy, rows: readonly Situation[]): Promise<Dataset> {
    const inputs = await policy.senses.inputs(pairs(rows, "place"), pairs(rows, "goal")).data({ device });
    const terrains = new Map<Point, Terrain>();
    const targets = rows.flatMap(({ place, goal }) => {
      const terrain = terrains.get(goal) ?? new Terrain({ ...policy.arena, start: place, goal });
      terrains.set(goal, terrain);
      const to = terrain.bestAnchor(place) ?? place;
      const way = distance(place, to);
      return way === 0 ? [0, 0] : [(to.x - place.x) / way, (to.y - place.y) / way];
    });
    const n = rows.length;
    return dataset({
      name: POLICY_NAME,
      inputs: { dtype: "f32", shape: [n, policyInputs.length], data: Float32Array.from(inputs) },
      targets: { dtype: "f32", shape: [n, 2], data: Float32Array.from(targets) },
    });
  }

  /** A row of the data with which it was opened. `null` if the workspace is about something else. */
  async situation(
    session: Session,
    { from, index }: { from: "validation" | "training"; index: number },
  ): Promise<SituationReport | null> {
    const rows = this.isOpen(session) ? this.#rows?.[from] : undefined;
    const row = rows?.[Math.min(index, rows.length - 1)];
    const policy = await this.policyFor(session);
    if (rows === undefined || row === undefined || policy === null) return null;
    const { device } = session;
    const inputs = policy.senses.inputs(pairs([row], "place"), pairs([row], "goal"));
    const output = policy.model.call(inputs);
    const [ux, uy] = await output.data({ device });
    const [dx, dy] = await stepOf(output, policy.speed).data({ device });
    return {
      ...row,
      inputs: Float32Array.from(await inputs.data({ device })),
      output: { x: ux!, y: uy! },
      step: { x: dx!, y: dy! },
      count: rows.length,
    };
  }

  /** What the workspace was about before. */
  async giveBack(session: Session): Promise<void> {
    const before = this.#workspace;
    if (before === undefined || !this.isOpen(session)) return;
    // What was changed there is kept: the policy that walks on is the one that was seen last.
    this.#policy = { ...this.#policy!, model: copyOfModel(await session.current()) };
    this.#workspace = undefined;
    this.#opened = undefined;
    this.#rows = undefined;
    await session.configure({ ...session.settings, loss: before.loss });
    await session.adopt(before.project, before.data);
  }
}

const pairs = (rows: readonly Situation[], part: "place" | "goal"): Tensor =>
  fromData(Float32Array.from(rows.flatMap((row) => [row[part].x, row[part].y])), [rows.length, 2]);
