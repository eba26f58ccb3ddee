import type { Client } from "../worker/client.ts";
import type { Info, Status } from "../worker/protocol.ts";
import { decodeLink, encodeLink, type LeftOut, LinkError, type LinkState, nothingLeftOut } from "../workspace/link.ts";
import type { Workspace } from "../workspace/workspace.ts";

/** How long the state rests before it is written into the address. */
const REST_MS = 250;

/** What is to be told about a link that was opened. */
export interface LinkNews {
  readonly isDamaged: boolean;
  readonly leftOut: LeftOut;
  /** The link wants the whole MNIST, and it is not here. */
  readonly lacksMnist: boolean;
}

function leftOutNow(info: Info | undefined, status: Status | undefined): LeftOut {
  if (info === undefined || status === undefined) return nothingLeftOut;
  const { origin, isEdited } = info.model;
  return {
    steps: status.step,
    isOwnModel: origin === "file" || origin === "lab",
    isOwnData: info.data.source === "table",
    isEdited,
  };
}

/** The workspace as a link, with what stands behind it. */
export function linkStateOf(workspace: Workspace, client: Client): LinkState {
  const { screen, selection, views, drawing } = workspace.state.get();
  const { info, status } = client.known.get();
  const isMade = info !== undefined && info.model.origin === "settings";
  return {
    ...{ screen, selection, views, drawing },
    settings: info?.settings ?? null,
    isMade,
    data: info?.data.source === "mnist" ? "mnist" : "digits",
    leftOut: leftOutNow(info, status),
  };
}

/**
 * Keeps the address and the workspace together: what changes here is written there, a step back in the browser goes a screen back,
 * and a link is restored when it is opened.
 */
export class Address {
  readonly #workspace: Workspace;
  readonly #client: Client;
  readonly #tell: (news: LinkNews) => void;
  #written = "";
  #screen: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(workspace: Workspace, client: Client, tell: (news: LinkNews) => void) {
    this.#workspace = workspace;
    this.#client = client;
    this.#tell = tell;
    this.#screen = workspace.state.get().screen;
  }

  /** Restores what the address says, and follows both from then on. */
  async open(): Promise<void> {
    await this.#restore(location.hash);
    this.#workspace.state.subscribe(() => this.#soon());
    this.#client.known.subscribe(() => {
      if (this.#client.known.get().status?.running === null) this.#soon();
    });
    window.addEventListener("popstate", () => {
      if (location.hash.replace(/^#/, "") !== this.#written) void this.#restore(location.hash);
    });
    this.#soon();
  }

  #soon(): void {
    const { screen } = this.#workspace.state.get();
    clearTimeout(this.#timer);
    if (screen !== this.#screen) this.#write(true);
    else this.#timer = setTimeout(() => this.#write(false), REST_MS);
  }

  #write(isNewScreen: boolean): void {
    this.#screen = this.#workspace.state.get().screen;
    this.#turn = this.#turn.then(async () => {
      const link = await encodeLink(linkStateOf(this.#workspace, this.#client));
      if (link === this.#written) return;
      this.#written = link;
      if (isNewScreen) history.pushState(null, "", `#${link}`);
      else history.replaceState(null, "", `#${link}`);
    });
  }

  /** The address of what is on the page now. */
  async link(): Promise<string> {
    const { origin, pathname, search } = location;
    return `${origin}${pathname}${search}#${await encodeLink(linkStateOf(this.#workspace, this.#client))}`;
  }

  async #restore(hash: string): Promise<void> {
    let isDamaged = false;
    let state: LinkState;
    try {
      state = await decodeLink(hash);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      isDamaged = true;
      ({ state } = error);
    }
    const { screen, selection, views, drawing } = state;
    this.#screen = screen;
    this.#workspace.state.update((before) => ({ ...before, screen, selection, views, drawing }));
    const lacksMnist = await this.#restoreSession(state);
    if (isDamaged || lacksMnist || state.leftOut !== nothingLeftOut) {
      this.#tell({ isDamaged, leftOut: state.leftOut, lacksMnist });
    }
  }

  /** Data and settings of the link. What the page has already is left alone, so that going back loses no training. */
  async #restoreSession({ settings, isMade, data }: LinkState): Promise<boolean> {
    const { info } = this.#client.known.get();
    let lacksMnist = false;
    if (data === "mnist" && info?.data.source !== "mnist") {
      lacksMnist = await this.#client.request("core/digits", { all: true }).then(
        () => false,
        () => true,
      );
    }
    if (settings !== null && JSON.stringify(settings) !== JSON.stringify(info?.settings)) {
      await this.#client.request("core/configure", { settings });
    }
    const origin = this.#client.known.get().info?.model.origin;
    if (isMade && origin === "built-in") await this.#client.request("core/reset");
    return lacksMnist;
  }
}
