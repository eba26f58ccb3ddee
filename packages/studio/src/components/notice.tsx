import type { ReactNode } from "react";
import { useMessages } from "../i18n/language.tsx";
import type { Trouble } from "../worker/protocol.ts";
import { Icon } from "./icon.tsx";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

const texts = { en, zh };

/** A message where something happened. `kind` is said by icon and words, not by colour alone. */
export function Notice({ kind = "note", children }: { kind?: "note" | "warning"; children: ReactNode }) {
  return (
    <div className={`notice notice-${kind}`} role={kind === "warning" ? "alert" : "status"}>
      {kind === "warning" && <Icon name="warning" />}
      <div>{children}</div>
    </div>
  );
}

/** Why a request failed: a sentence in the reader's language, then what the library says of it. */
export function TroubleNotice({ trouble }: { trouble: Trouble }) {
  const m = useMessages(texts);
  return (
    <Notice kind="warning">
      <strong>{m.troubles[trouble.code]}</strong>
      <pre className="notice-detail" lang="en">
        {trouble.message}
      </pre>
    </Notice>
  );
}
