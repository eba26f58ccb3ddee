import { useEffect } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button, Switch } from "../components/controls.tsx";
import { useMessages } from "../i18n/language.tsx";
import { useStore, useWorkspace } from "../workspace/hooks.tsx";
import { screenIds } from "./routes.ts";
import { texts, useServices, useTraining } from "./services.tsx";

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

/** The list of keys. */
export function KeyList({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const m = useMessages(texts);
  const { preferences } = useServices();
  const { hasKeys } = useStore(preferences);
  const rows: readonly (readonly [readonly string[], string])[] = [
    [["T"], m.keysList.train],
    [["S"], m.keysList.step],
    [["E"], m.keysList.epoch],
    [["M"], m.keysList.inspector],
    [screenIds.map((_, i) => String(i + 1)), m.keysList.screens],
    [["Ctrl Z"], m.keysList.undo],
    [["Ctrl Y"], m.keysList.redo],
    [["Tab", "Shift Tab"], m.keysList.move],
    [["Space", "Enter"], m.keysList.press],
    [["Esc"], m.keysList.close],
    [["?"], m.keysList.keys],
  ];
  return (
    <ModalOverlay className="modal-veil" isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="modal">
        <Dialog className="stack">
          <div className="inspector-head">
            <Heading slot="title" className="screen-title">
              {m.keysTitle}
            </Heading>
            <Button kind="quiet" icon="close" label={m.dismiss} onPress={onClose} />
          </div>
          <Switch
            isSelected={hasKeys}
            onChange={(next) => preferences.update((before) => ({ ...before, hasKeys: next }))}
          >
            {m.keysSwitch}
          </Switch>
          <table className="key-table">
            <tbody>
              {rows.map(([keys, what]) => (
                <tr key={what}>
                  <td>
                    <span className="row">
                      {keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </span>
                  </td>
                  <th scope="row">{what}</th>
                </tr>
              ))}
            </tbody>
          </table>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
