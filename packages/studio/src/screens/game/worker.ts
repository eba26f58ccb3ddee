import { Rng } from "glassnet";
import type { Arena, Point } from "../../game/arena.ts";
import { drawArena } from "../../game/random-arena.ts";
import type { Handlers } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { descend, lossMap } from "./descend.ts";
import { GameLab } from "./lab.ts";

/** What this screen asks of the worker: `game/NAME`. */
export const gameHandlers = {
  /** An arena with walls anywhere, and a way to the goal. */
  arena: (_: Session, { seed, walls }: { seed: number; walls: number }): Arena => drawArena(Rng.seeded(seed), walls),

  /** Walks against the slope of a loss. A job. */
  descent: descend,

  /** The loss all over the plane. */
  map: lossMap,

  /** Teaches a policy in an arena. A job; what was learnt stays when it is stopped. */
  learn: async function* (session: Session, params: Parameters<GameLab["learn"]>[1]) {
    return yield* GameLab.of(session).learn(session, params);
  },

  /** The policy there is, with all of its epochs and exams. */
  policy: (session: Session) => GameLab.of(session).state(session),

  /** Sends it to 200 goals that it has never seen. */
  exam: (session: Session) => GameLab.of(session).examine(session),

  /** One way of the policy. */
  attempt: (session: Session, params: { start: Point; goal: Point }) => GameLab.of(session).attempt(session, params),

  /** What the policy is told, and does, in a row of the workspace's data. */
  situation: (session: Session, params: { from: "validation" | "training"; index: number }) =>
    GameLab.of(session).situation(session, params),

  /** Makes the policy what the whole workspace is about. */
  adopt: (session: Session, params: { columns: readonly string[]; start: Point; goal: Point }) =>
    GameLab.of(session).adopt(session, params),

  /** What the workspace was about before. */
  giveBack: (session: Session) => GameLab.of(session).giveBack(session),
} satisfies Handlers;
