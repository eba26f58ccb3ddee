import { useEffect } from "react";
import { NumberField, Select } from "../../components/controls.tsx";
import { useMessages } from "../../i18n/language.tsx";
import { useClient } from "../../worker/hooks.tsx";
import { useStore, useView } from "../../workspace/hooks.tsx";
import { type StopKind, stopKinds } from "./stop-rule.ts";
import { texts } from "./texts.ts";
import { trainView } from "./view.ts";

/** When training pauses by itself. */
export function StopCard() {
  const m = useMessages(texts);
  const client = useClient();
  const connection = useStore(client.known, (known) => known.connection);
  const [view, setView] = useView("train", trainView);
  const kind = stopKinds.find((known) => known === view.stop) ?? "never";
  const epochs = Math.max(1, Math.round(view.stopEpochs));
  const target = Math.max(0, Math.min(1, view.stopTarget));
  useEffect(() => {
    if (connection !== "open") return; // a worker that was started again has to be told again
    const value = kind === "target" ? target : epochs;
    client.request("train/stopRule", { kind, value }).catch(() => undefined); // a worker that is lost is told above
  }, [client, connection, kind, epochs, target]);
  return (
    <section className="train-card" aria-label={m.stop}>
      <header className="train-card-head">
        <h3>{m.stop}</h3>
      </header>
      <Select
        label={m.stopWhen}
        choices={stopKinds.map((id: StopKind) => ({ id, label: m.stops[id] }))}
        value={kind}
        onChange={(stop) => setView({ stop })}
      />
      {(kind === "epochs" || kind === "patience") && (
        <NumberField
          label={m.epochs}
          value={epochs}
          min={1}
          max={10_000}
          step={1}
          onChange={(next) => setView({ stopEpochs: next })}
        />
      )}
      {kind === "target" && (
        <NumberField
          label={m.stopTarget}
          value={target}
          min={0}
          max={1}
          format={{ style: "percent", maximumFractionDigits: 2 }}
          onChange={(next) => setView({ stopTarget: next })}
        />
      )}
      <p className="muted train-note">{m.stopNote}</p>
    </section>
  );
}
