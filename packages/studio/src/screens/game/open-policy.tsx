import { useEffect, useState } from "react";
import { Button, Slider } from "../../components/controls.tsx";
import { Notice, TroubleNotice } from "../../components/notice.tsx";
import type { Arena } from "../../game/arena.ts";
import { useMessages } from "../../i18n/language.tsx";
import { signed } from "../../i18n/numbers.ts";
import { troubleIn, useClient, useInfo, useLive } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useSelection, useStore, useWorkspace } from "../../workspace/hooks.tsx";
import type { Selection } from "../../workspace/selection.ts";
import type { SituationReport } from "./lab.ts";
import { learning, refresh } from "./learning.ts";
import { texts } from "./texts.ts";

const firstOf = (from: "validation"): Partial<Selection> => ({
  ...{ layer: null, unit: 0, classIndex: null, versus: null, step: null },
  example: { from, index: 0 },
});

/** The row that the workspace looks at, if it is about the policy. */
export function useSituation(): SituationReport | null {
  const isOpen = useStore(learning, ({ policy }) => policy?.isOpen ?? false);
  const [{ example }] = useSelection();
  const params = isOpen && example.from !== "drawing" ? { from: example.from, index: example.index } : null;
  const { data } = useLive("game/situation", params, { everyMs: 100 });
  return params === null ? null : (data ?? null);
}

/** Makes the policy what the workspace is about, in a way that can be taken back; then shows which row is looked at. */
export function OpenPolicy({ arena }: { arena: Arena }) {
  const m = useMessages(texts);
  const client = useClient();
  const workspace = useWorkspace();
  const info = useInfo();
  const [, select] = useSelection();
  const isOpen = useStore(learning, ({ policy }) => policy?.isOpen ?? false);
  const [trouble, setTrouble] = useState<Trouble | undefined>(undefined);
  // Another model may have been opened in the workspace meanwhile, here or elsewhere.
  const name = info && `${info.model.origin} ${info.model.name}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another model is a reason to ask again
  useEffect(() => void refresh(client), [client, name]);

  const go = async (): Promise<void> => {
    const { selection } = workspace.state.get();
    const { start, goal } = arena;
    const adopt = async (): Promise<void> => {
      if (!(await client.request("game/adopt", { columns: m.senses, start, goal }))) return;
      select(firstOf("validation"));
      await refresh(client);
    };
    const giveBack = async (): Promise<void> => {
      await client.request("game/giveBack");
      select(selection);
      await refresh(client);
    };
    try {
      if (!isOpen) {
        await adopt();
        workspace.undo.note({ label: m.open.deed, redo: adopt, undo: giveBack });
      }
      workspace.open("microscope");
    } catch (error) {
      setTrouble(troubleIn(error));
    }
  };
  const back = (): void => {
    client
      .request("game/giveBack")
      .then(() => select(firstOf("validation")))
      .then(() => refresh(client))
      .catch((error: unknown) => setTrouble(troubleIn(error)));
  };
  return (
    <div className="stack">
      {isOpen && <Notice>{m.open.opened}</Notice>}
      {trouble !== undefined && <TroubleNotice trouble={trouble} />}
      {isOpen && <SituationRow />}
      <div className="row">
        <Button icon="microscope" onPress={() => void go()}>
          {m.open.open}
        </Button>
        {isOpen && (
          <Button kind="quiet" icon="undo" onPress={back}>
            {m.open.back}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Which step of the policy's own way every screen looks at. */
function SituationRow() {
  const m = useMessages(texts);
  const situation = useSituation();
  const [{ example }, select] = useSelection();
  if (situation === null || example.from === "drawing") return null;
  const most = situation.count - 1;
  const index = Math.min(example.index, most);
  return (
    <div className="game-situation">
      <Slider
        label={example.from === "validation" ? m.open.step : m.open.row}
        value={index}
        min={0}
        max={Math.max(1, most)}
        step={1}
        onChange={(next) => select({ example: { from: example.from, index: next } })}
        text={(k) => m.player.at(String(k), String(most))}
      />
      <p className="game-note number">
        {m.open.says(
          `${signed(situation.output.x, 3)}, ${signed(situation.output.y, 3)}`,
          `${signed(situation.step.x, 3)}, ${signed(situation.step.y, 3)}`,
        )}
      </p>
    </div>
  );
}
