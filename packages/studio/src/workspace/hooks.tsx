import { createContext, type ReactNode, useCallback, useContext, useSyncExternalStore } from "react";
import type { ScreenId } from "../app/routes.ts";
import type { Selection, View } from "./selection.ts";
import type { Store } from "./store.ts";
import type { Workspace } from "./workspace.ts";

const WorkspaceContext = createContext<Workspace | undefined>(undefined);

export function WorkspaceProvider({ workspace, children }: { workspace: Workspace; children: ReactNode }) {
  return <WorkspaceContext value={workspace}>{children}</WorkspaceContext>;
}

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (workspace === undefined) throw new Error("bug in the studio: no workspace around this component");
  return workspace;
}

/** The value of a store, or a part of it: the component is drawn again only when that part has changed. */
export function useStore<T, Part = T>(store: Store<T>, part: (value: T) => Part = (value) => value as never): Part {
  return useSyncExternalStore(store.subscribe, () => part(store.get()));
}

/** What is selected, and how to select: `const [selection, select] = useSelection(); select({ unit: 3 })`. */
export function useSelection(): readonly [Selection, (part: Partial<Selection>) => void] {
  const workspace = useWorkspace();
  const selection = useStore(workspace.state, (state) => state.selection);
  return [selection, useCallback((part: Partial<Selection>) => workspace.select(part), [workspace])];
}

/** The drawing, 784 bytes or `null`, and how to replace it. */
export function useDrawing(): readonly [Uint8Array | null, (drawing: Uint8Array | null) => void] {
  const workspace = useWorkspace();
  const drawing = useStore(workspace.state, (state) => state.drawing);
  return [drawing, useCallback((next: Uint8Array | null) => workspace.draw(next), [workspace])];
}

/**
 * What a screen remembers of itself, such as an open tab or the position of a slider. It is in the URL and in share links.
 * A value from a link that is not of the default's type is ignored.
 *
 * @example const [view, setView] = useView("train", { tab: "loss", smooth: 0.5 });
 */
export function useView<V extends View>(
  screen: ScreenId,
  defaults: V,
): readonly [{ readonly [K in keyof V]: Widen<V[K]> }, (part: { readonly [K in keyof V]?: Widen<V[K]> }) => void] {
  const workspace = useWorkspace();
  const stored = useStore(workspace.state, (state) => state.views[screen]);
  const view: Record<string, View[string]> = { ...defaults };
  for (const [name, value] of Object.entries(stored ?? {})) {
    const standard = defaults[name];
    const isKnown = Object.hasOwn(defaults, name);
    if (isKnown && (standard === null || typeof value === typeof standard)) view[name] = value;
  }
  const set = useCallback((part: object) => workspace.view(screen, part as View), [workspace, screen]);
  return [view as never, set as never];
}

type Widen<T> = T extends null
  ? View[string]
  : T extends string
    ? string
    : T extends number
      ? number
      : T extends boolean
        ? boolean
        : T;
