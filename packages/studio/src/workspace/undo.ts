import { Store } from "./store.ts";

/** Something that was done and can be taken back. Both ways may need the worker, so both may take time. */
export interface Deed {
  /** What it was, in the reader's language, for the tooltip of the button. */
  readonly label: string;
  redo(): void | Promise<void>;
  undo(): void | Promise<void>;
}

export interface UndoState {
  readonly undo: string | undefined;
  readonly redo: string | undefined;
}

const MAX_DEEDS = 100;

/** What was done, in order. One deed at a time is taken back or done again. */
export class Undo {
  #done: Deed[] = [];
  #undone: Deed[] = [];
  #turn: Promise<void> = Promise.resolve();
  /** Labels of what the two buttons would do. */
  readonly state = new Store<UndoState>({ undo: undefined, redo: undefined });

  /** Notes a deed that has been done already. */
  note(deed: Deed): void {
    this.#done = [...this.#done, deed].slice(-MAX_DEEDS);
    this.#undone = [];
    this.#tell();
  }

  undo(): Promise<void> {
    return this.#take(async () => {
      const deed = this.#done.pop();
      if (deed === undefined) return;
      this.#undone.push(deed);
      this.#tell();
      await deed.undo();
    });
  }

  redo(): Promise<void> {
    return this.#take(async () => {
      const deed = this.#undone.pop();
      if (deed === undefined) return;
      this.#done.push(deed);
      this.#tell();
      await deed.redo();
    });
  }

  /** Forgets everything: the model to which the deeds belong is gone. */
  clear(): void {
    this.#done = [];
    this.#undone = [];
    this.#tell();
  }

  #take(deed: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(deed);
    this.#turn = turn.catch(() => undefined); // whoever asked is told; the next deed has its own chance
    return turn;
  }

  #tell(): void {
    this.state.set({ undo: this.#done.at(-1)?.label, redo: this.#undone.at(-1)?.label });
  }
}
