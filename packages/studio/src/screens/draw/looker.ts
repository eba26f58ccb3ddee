import type { Client } from "../../worker/client.ts";
import { troubleIn } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { Store } from "../../workspace/store.ts";
import type { Look, LookParams, Spot } from "./look.ts";

/** What is known of the example that is looked at. */
export interface Looked {
  /** `null` until the first answer, and while nothing is drawn. */
  readonly look: Look | null;
  readonly trouble: Trouble | undefined;
}

/** While training goes on, the picture follows some fifteen times a second: faster is not seen, and would cost training time. */
const TRAINING_MS = 66;

type Question = Pick<LookParams, "example" | "classIndex">;

/**
 * Looks at one example and keeps looking: at once when another is given, and every frame while training goes on. At most one
 * question is under way. What it hears is in `live`, for canvases that draw without React.
 */
export class Looker {
  readonly live = new Store<Looked>({ look: null, trouble: undefined });
  readonly #client: Client;
  readonly #stop: () => void;
  #question: Question | null = null;
  #focus: Spot | null = null;
  #room: readonly number[] = [];
  #isAsking = false;
  #isStale = false;
  #revision = -1;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(client: Client) {
    this.#client = client;
    this.#stop = client.known.subscribe(() => this.#follow());
  }

  /** What to look at from now on; `null` for nothing. */
  look(question: Question | null): void {
    if (isSame(question, this.#question) && this.live.get().trouble === undefined) return;
    this.#question = question;
    if (question === null) this.live.set({ look: null, trouble: undefined });
    else this.#ask();
  }

  /** A unit whose connections alone are wanted. */
  focus(spot: Spot | null): void {
    if (spot?.column === this.#focus?.column && spot?.unit === this.#focus?.unit) return;
    this.#focus = spot;
    if (this.#question !== null) this.#ask();
  }

  /** How many circles of each column there is room for. */
  room(room: readonly number[]): void {
    if (room.join() === this.#room.join()) return;
    this.#room = room;
    if (this.#question !== null) this.#ask();
  }

  stop(): void {
    this.#stop();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#question = null;
  }

  /** Weights, model or data have changed: ask again, at the next frame or a little later. No frames come while the page is hidden. */
  #follow(): void {
    const { status } = this.#client.known.get();
    if (status === undefined || status.revision === this.#revision || this.#question === null) return;
    if (this.#frame !== 0 || this.#timer !== undefined) return;
    const rest = status.running === null ? 0 : this.#askedAt + TRAINING_MS - performance.now();
    if (rest > 0) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#askAtFrame();
      }, rest);
    } else this.#askAtFrame();
  }

  #askAtFrame(): void {
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#question !== null) this.#ask();
    });
  }

  #ask(): void {
    if (this.#isAsking) {
      this.#isStale = true;
      return;
    }
    this.#isAsking = true;
    this.#isStale = false;
    this.#askedAt = performance.now();
    const question = this.#question!;
    const focus = this.#focus;
    // What a focus has brought in does not stay when it is gone.
    const before = focus === null ? this.#calm : [];
    this.#client.request("draw/look", { ...question, room: this.#room, before, focus }).then(
      (look) => {
        if (focus === null) this.#calm = look.columns.map(({ units }) => units);
        this.#answered(question, { look, trouble: undefined });
      },
      (error: unknown) => this.#answered(question, { look: null, trouble: troubleIn(error) }),
    );
  }

  #calm: readonly (readonly number[])[] = [];

  #answered(question: Question, found: Looked): void {
    this.#isAsking = false;
    this.#revision = this.#client.known.get().status?.revision ?? -1;
    if (this.#question === null) return;
    // An older picture is still better than none while a newer one is under way, as long as somebody draws.
    if (question === this.#question || found.look !== null) {
      this.live.set({ ...found, look: found.look && keepInput(found.look, this.live.get().look) });
    }
    if (this.#isStale) this.#ask();
  }
}

function isSame(a: Question | null, b: Question | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.classIndex !== b.classIndex) return false;
  const [one, other] = [a.example, b.example];
  if (one.from === "drawing") return other.from === "drawing" && one.pixels === other.pixels;
  return one.from === other.from && one.index === other.index;
}

/** The same input again is the same object again: pictures of it need not be drawn anew while weights change. */
function keepInput(look: Look, before: Look | null): Look {
  const [input, ...rest] = look.columns;
  const known = before?.columns[0];
  if (before === null || input === undefined || known === undefined) return look;
  if (!sameNumbers(look.stored, before.stored) || !sameNumbers(input.values, known.values)) return look;
  return { ...look, stored: before.stored, columns: [{ ...input, values: known.values }, ...rest] };
}

const sameNumbers = (a: Float32Array, b: Float32Array): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i]);
