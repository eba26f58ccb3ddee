import type { Client } from "../worker/client.ts";
import type { DataSource, Origin } from "../worker/protocol.ts";
import type { SessionData } from "../worker/source.ts";
import type { Settings } from "../workspace/settings.ts";

/** While training goes on, weights are put aside at most so often. */
const EVERY_MS = 5000;

/** What a lost session is begun again with. */
interface Kept {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly origin: Origin;
  readonly settings: Settings;
  readonly source: DataSource;
  /** Data that cannot be fetched again: a table, or what a lab made. */
  readonly data: SessionData | null;
  readonly step: number;
  readonly revision: number;
}

/**
 * Keeps what would be lost with the worker: the model as a file, the settings, and the data, or which of those at hand they are.
 */
export class Rescue {
  readonly #client: Client;
  #kept: Kept | undefined;
  #savedAt = Number.NEGATIVE_INFINITY;
  #isSaving = false;

  constructor(client: Client) {
    this.#client = client;
    client.known.subscribe(() => this.#look());
  }

  #look(): void {
    const { connection, status, info } = this.#client.known.get();
    if (connection !== "open" || status === undefined || info === undefined || this.#isSaving) return;
    if (status.revision === this.#kept?.revision) return;
    if (status.step === 0 && info.model.origin === "built-in" && !info.model.isEdited) return; // it is there anyway
    const now = performance.now();
    if (status.running !== null && now - this.#savedAt < EVERY_MS) return;
    this.#isSaving = true;
    this.#savedAt = now;
    const { revision, step } = status;
    const { model, settings, data } = info;
    this.#client.request("core/keep").then(
      ({ bytes, data: own }) => {
        this.#isSaving = false;
        this.#kept = {
          ...{ bytes, settings, step, revision, data: own },
          ...{ name: model.name, origin: model.origin, source: data.source },
        };
      },
      () => {
        this.#isSaving = false; // what was kept before stays
      },
    );
  }

  /** Begins a new session with what was kept. @returns the step whose weights it has */
  async restore(): Promise<number> {
    const kept = this.#kept;
    this.#client.restart();
    if (kept === undefined) return 0;
    const { bytes, name, origin, settings, source, data, step } = kept;
    await this.#client.request("core/restore", { bytes, name, origin, settings, data, all: source === "mnist" });
    return step;
  }
}
