import { give, type Handlers } from "../../worker/handler.ts";
import type { Session } from "../../worker/session.ts";
import { type ReadTable, summaryOf } from "./csv.ts";
import { effectsOf, termsOf } from "./effects.ts";
import { scoresOf, settingsOf } from "./fit.ts";
import { type FitProgress, type LabInfo, labName, ProfitLab } from "./lab.ts";
import { rowsOf } from "./rows.ts";
import { type SearchParams, searched } from "./search.ts";
import { type SliceParams, type SurfaceParams, sliceOf, surfaceOf } from "./surface.ts";
import type { FitName, Source } from "./table.ts";
import { tableFile } from "./table-file.ts";

type Keyed = { readonly key: string };

/** What this screen asks of the worker: `profit/NAME`. What is asked about rows that are no longer open is answered with `null`. */
export const profitHandlers = {
  /** Fits both models to the rows, or tells of them if that was done. A job. */
  open: async function* (
    session: Session,
    { source }: { source: Source },
  ): AsyncGenerator<FitProgress, LabInfo, undefined> {
    return yield* ProfitLab.of(session).open(session, source);
  },

  /** Reads a text as a table, and says what its columns hold. */
  read: (session: Session, params: { id: string; text: string; roles: string }): ReadTable =>
    summaryOf(ProfitLab.of(session).read(params), params.roles),

  /** Actual and predicted for every row, and the loss that the library says. */
  rows: (session: Session, params: Keyed & { fit: FitName; part: "training" | "validation" }) => {
    const lab = ProfitLab.of(session);
    return lab.memo(session, "rows", params, () => rowsOf(session, lab, params));
  },

  /** The linear fit written out: what one unit more of each number adds, and what is predicted for an average row. */
  terms: (session: Session, params: Keyed) => {
    const lab = ProfitLab.of(session);
    return lab.memo(session, "terms", params, () => termsOf(session, lab));
  },

  /** Losses of both fits as they are now. */
  scores: (session: Session, params: Keyed) => {
    const lab = ProfitLab.of(session);
    const scores = async (fit: FitName) => scoresOf(await lab.model(session, fit), lab.books, session.device);
    return lab.memo(session, "scores", params, async () => ({
      linear: await scores("linear"),
      curved: await scores("curved"),
    }));
  },

  /** What each level of a column of words, such as a season, adds. */
  effects: (session: Session, params: Keyed & { level: number }) => {
    const lab = ProfitLab.of(session);
    return lab.memo(session, "effects", params, () => effectsOf(session, lab, params.level));
  },

  /** Predictions along one input. */
  slice: (session: Session, params: Keyed & SliceParams) => {
    const lab = ProfitLab.of(session);
    return lab.memo(session, "slice", params, () => sliceOf(session, lab, params));
  },

  /** Predictions over two inputs, and where the data are. */
  surface: (session: Session, params: Keyed & SurfaceParams) => {
    const lab = ProfitLab.of(session);
    return lab.memo(session, "surface", params, () => surfaceOf(session, lab, params));
  },

  /** The way of the inputs to the goal, every number of it. */
  search: (session: Session, params: Keyed & SearchParams) => {
    const lab = ProfitLab.of(session);
    return lab.memo(session, "search", params, () => searched(session, lab, params));
  },

  /** Which fit the workspace is about. */
  shown: (session: Session, { key }: Keyed): FitName | null => {
    const lab = ProfitLab.of(session);
    return lab.has(key) ? lab.shownIn(session) : null;
  },

  /** Makes a fit and its rows what the whole workspace is about. */
  adopt: async (session: Session, { key, fit }: Keyed & { fit: FitName }): Promise<boolean> => {
    const lab = ProfitLab.of(session);
    if (!lab.has(key)) return false;
    if (lab.shownIn(session) === null) {
      lab.before = { project: await session.current(), data: session.data, settings: session.settings };
    }
    const { model, preprocessing } = lab.fit(fit);
    await session.configure({ ...session.settings, ...settingsOf(fit, lab.info) }); // so that a fresh start makes such a model
    const { training, validation, inputNames } = lab.books;
    await session.adopt(
      {
        ...{ model, preprocessing, inputShape: training.inputShape, outputs: "scores" },
        name: labName(fit, lab.info),
        origin: "lab",
      },
      { source: "lab", training, validation, columns: inputNames },
    );
    return true;
  },

  /** What the workspace was about before. */
  giveBack: async (session: Session): Promise<void> => {
    const lab = ProfitLab.of(session);
    const { before } = lab;
    if (before === undefined || lab.shownIn(session) === null) return;
    lab.before = undefined;
    await session.configure(before.settings);
    await session.adopt(before.project, before.data);
  },

  /** The rows as a CSV. */
  file: (session: Session, { key }: Keyed): Uint8Array<ArrayBuffer> | null => {
    const lab = ProfitLab.of(session);
    return lab.has(key) ? give(new TextEncoder().encode(tableFile(lab.books))) : null;
  },
} satisfies Handlers;
