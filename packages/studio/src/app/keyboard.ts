import { useEffect } from "react";
import { useWorkspace } from "../workspace/hooks.tsx";
import { screenIds } from "./routes.ts";
import { useServices, useTraining } from "./services.tsx";

/** Whether keys belong to what has the focus: fields, lists, and pictures with keys of their own. */
function isTaken(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return (
    target.closest("input, textarea, select, [role=application], [role=grid], [role=listbox], [role=dialog]") !== null
  );
}

/** The keys that work on the whole page. Single letters can be switched off; what has the focus comes first. */
export function useKeys(onKeys: () => void): void {
  const workspace = useWorkspace();
  const { preferences } = useServices();
  const { run, toggle } = useTraining();
  useEffect(() => {
    const undo = (isRedo: boolean): void => {
      const { undo: deeds } = workspace;
      (isRedo ? deeds.redo() : deeds.undo()).catch(() => undefined);
    };
    const letters: Readonly<Record<string, () => void>> = {
      t: toggle,
      s: () => run("step"),
      e: () => run("epoch"),
      m: () => workspace.showInspector(!workspace.state.get().inspector),
      "?": onKeys,
      ...Object.fromEntries(screenIds.map((id, i) => [String(i + 1), () => workspace.open(id)])),
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || isTaken(event.target)) return;
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
        event.preventDefault();
        undo(key === "y" || event.shiftKey);
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || !preferences.get().hasKeys) return;
      const act = letters[key];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [workspace, preferences, run, toggle, onKeys]);
}
