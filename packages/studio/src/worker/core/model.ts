import { decodeModel, encodeModel } from "glassnet";
import type { Settings } from "../../workspace/settings.ts";
import { foldSilenced } from "../edit.ts";
import { give, type Handlers } from "../handler.ts";
import type { Origin } from "../protocol.ts";
import type { Session } from "../session.ts";
import { builtInModel, digitSample, type SessionData, wholeMnist } from "../source.ts";

export interface RestoreParams {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly origin: Origin;
  readonly settings: Settings;
  /** Whether the data were the whole MNIST. */
  readonly all: boolean;
  /** Data that cannot be fetched again. */
  readonly data: SessionData | null;
}

export interface Kept {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `null` where they can be fetched again. */
  readonly data: SessionData | null;
}

export const modelHandlers = {
  /** Reads a model file, of which `name` is shown. Data that it does not take are refused when they are used. */
  load: async (session: Session, { name, bytes }: { name: string; bytes: Uint8Array }): Promise<void> => {
    await session.adopt({ ...decodeModel(bytes, {}, name), name, origin: "file" });
  },

  /** Back to the built-in model and its digits. */
  builtIn: async (session: Session): Promise<void> => {
    const [model, data] = await Promise.all([builtInModel(session.assets), digitSample(session.assets)]);
    await session.adopt({ ...model, name: "digits", origin: "built-in" }, data);
  },

  /** Goes on in a new session with what the page has kept of one that was lost. */
  restore: async (session: Session, params: RestoreParams): Promise<void> => {
    const { bytes, name, origin, settings, all } = params;
    const { assets } = session;
    const data = params.data ?? (await (all ? wholeMnist(assets) : digitSample(assets)));
    await session.configure(settings);
    await session.adopt({ ...decodeModel(bytes, {}, name), name, origin }, data);
  },

  /** The bytes of a model file with the weights of now. Silenced units are silent in it too. */
  save: async (session: Session): Promise<Uint8Array<ArrayBuffer>> => give(await fileOf(session)),

  /** What a new session would need to go on like this one: for the page, in case that this one is lost. */
  keep: async (session: Session): Promise<Kept> => {
    const { data } = session;
    const isAtHand = data.source === "digits" || data.source === "mnist";
    return { bytes: give(await fileOf(session)), data: isAtHand ? null : data };
  },
} satisfies Handlers;

async function fileOf(session: Session): Promise<Uint8Array<ArrayBuffer>> {
  const { model, inputShape, preprocessing, classNames, outputs } = await session.current();
  const folded = foldSilenced(model, await session.copyModel(), session.marks);
  return encodeModel({
    model: folded,
    inputShape,
    preprocessing,
    ...(classNames && { classNames }),
    ...(outputs && { outputs }),
    notes: { steps: session.teacher.step, seed: session.settings.seed },
  });
}
