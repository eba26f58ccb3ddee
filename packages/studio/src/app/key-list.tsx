import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { Button, Switch } from "../components/controls.tsx";
import { useMessages } from "../i18n/language.tsx";
import { useStore } from "../workspace/hooks.tsx";
import { screenIds } from "./routes.ts";
import { texts, useServices } from "./services.tsx";

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
