import { isScreenId, type ScreenId } from "../app/routes.ts";
import { initialSelection, type Selection, type View, type WorkspaceState } from "./selection.ts";
import { Store } from "./store.ts";
import { Undo } from "./undo.ts";

export const initialState: WorkspaceState = {
  screen: "draw",
  selection: initialSelection,
  views: {},
  drawing: null,
  inspector: true,
};

export interface DroppedTable {
  readonly name: string;
  readonly text: string;
}

/**
 * The one workspace that all screens are views of: where the reader is, and what is selected. Model, data and training live in
 * the worker; `Client` asks for them.
 */
export class Workspace {
  readonly state: Store<WorkspaceState>;
  readonly undo = new Undo();
  /** A table that was dropped on the page, or pasted in the profit lab, which learns from it. */
  readonly table = new Store<DroppedTable | null>(null);

  constructor(state: WorkspaceState = initialState) {
    this.state = new Store(state);
  }

  /** Selects on every screen at once; what is left out stays. */
  select(part: Partial<Selection>): void {
    this.state.update((state) => {
      const selection = { ...state.selection, ...part };
      return JSON.stringify(selection) === JSON.stringify(state.selection) ? state : { ...state, selection };
    });
  }

  open(screen: ScreenId): void {
    if (!isScreenId(screen)) return;
    this.state.update((state) => (state.screen === screen ? state : { ...state, screen }));
  }

  /** Remembers something about one screen. */
  view(screen: ScreenId, part: View): void {
    this.state.update((state) => ({
      ...state,
      views: { ...state.views, [screen]: { ...state.views[screen], ...part } },
    }));
  }

  draw(drawing: Uint8Array | null): void {
    this.state.update((state) => ({ ...state, drawing }));
  }

  showInspector(inspector: boolean): void {
    this.state.update((state) => (state.inspector === inspector ? state : { ...state, inspector }));
  }
}
