import type { Settings } from "../../workspace/settings.ts";
import type { Handlers } from "../handler.ts";
import type { EpochScores, Losses } from "../history.ts";
import type { Running } from "../protocol.ts";
import type { Session } from "../session.ts";

export const trainingHandlers = {
  /** Trains until "pause", or to the end of the step or epoch. */
  run: (session: Session, { mode }: { mode: Running }): void => session.run(mode),

  /** Stops at the next step. It is answered at once, in the middle of whatever runs. */
  pause: (session: Session): void => session.pause(),

  /** Says that the worker lives. It is answered at once. */
  ping: (): void => undefined,

  /** At most so many steps a second, or as fast as it goes. */
  speed: (session: Session, { stepsPerSecond }: { stepsPerSecond: number | null }): void =>
    session.limit(stepsPerSecond),

  /** Takes new settings over; says whether the weights were kept. */
  configure: async (session: Session, { settings }: { settings: Settings }): Promise<"kept" | "rebuilt"> =>
    session.configure(settings),

  /** Back to the start values of the seed. */
  reset: async (session: Session): Promise<void> => session.rebuild(),

  /** Losses of all batches behind step `since`, in at most `points` buckets. */
  losses: ({ history }: Session, { since, points }: { since: number; points: number }): Losses =>
    history.losses(since, points),

  /** Scores of the epochs behind the first `since`. */
  epochs: ({ history }: Session, { since }: { since: number }): readonly EpochScores[] => history.epochs.slice(since),

  /** The learning rate of the next step. */
  rate: ({ teacher }: Session): number => teacher.learningRate,
} satisfies Handlers;
