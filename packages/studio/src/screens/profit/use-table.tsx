import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { troubleIn, useClient } from "../../worker/hooks.tsx";
import type { Trouble } from "../../worker/protocol.ts";
import { useStore, useWorkspace } from "../../workspace/hooks.tsx";
import type { CsvFault, ReadTable } from "./csv.ts";
import { type ColumnRole, rolesText } from "./roles.ts";
import { MAX_BYTES } from "./table.ts";
import { useProfitView } from "./use-view.ts";

/** The text that was pasted or dropped, and what the worker has read in it. */
export interface TableState {
  readonly file: { readonly id: string; readonly name: string; readonly text: string } | null;
  /** `undefined` while it is being read. */
  readonly read: Exclude<ReadTable, { fault: unknown }> | undefined;
  readonly fault: CsvFault | { readonly fault: "large" } | undefined;
  readonly trouble: Trouble | undefined;
  take(name: string, text: string): void;
  assign(column: number, role: ColumnRole): void;
}

const TableContext = createContext<TableState | undefined>(undefined);

export function useTable(): TableState {
  const table = useContext(TableContext);
  if (table === undefined) throw new Error("bug in the studio: no table around this component");
  return table;
}

/** Tells texts apart by where they came from, not by comparing them. */
let files = 0;
const fileIds = new WeakMap<object, string>();
function idOf(file: object): string {
  const id = fileIds.get(file) ?? `${++files}`;
  fileIds.set(file, id);
  return id;
}

/** What is chosen of a table is chosen anew with another one. */
const fresh = { plan: "", row: 0, across: 0, up: 1, along: 0, level: 0, step: -1 };

export function TableProvider({ children }: { children: ReactNode }) {
  const client = useClient();
  const workspace = useWorkspace();
  const dropped = useStore(workspace.table);
  const { view, set } = useProfitView();
  const connection = useStore(client.known, (known) => known.connection);
  const file = useMemo(() => dropped && { ...dropped, id: idOf(dropped) }, [dropped]);
  const [answer, setAnswer] = useState<{ id: string; read?: ReadTable; trouble?: Trouble } | null>(null);
  const isLarge = file !== null && file.text.length > MAX_BYTES;
  useEffect(() => {
    if (file === null || isLarge || connection !== "open") return undefined;
    let isWanted = true;
    const { id, text } = file;
    client.request("profit/read", { id, text, roles: view.roles }).then(
      (read) => isWanted && setAnswer({ id, read }),
      (error: unknown) => isWanted && setAnswer({ id, trouble: troubleIn(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [client, file, isLarge, view.roles, connection]);
  const mine = answer !== null && answer.id === file?.id ? answer : null;
  const read = mine?.read;
  const state: TableState = {
    file,
    read: read === undefined || "fault" in read ? undefined : read,
    fault: isLarge ? { fault: "large" } : read !== undefined && "fault" in read ? read.fault : undefined,
    trouble: mine?.trouble,
    take: (name, text) => {
      workspace.table.set(text === "" ? null : { name, text });
      set({ roles: "", ...fresh });
    },
    assign: (column, role) => {
      if (read === undefined || "fault" in read) return;
      const next = read.roles.map((before, j): ColumnRole => {
        if (j === column) return role;
        return role === "target" && before === "target" ? "input" : before;
      });
      set({ roles: rolesText(next), ...fresh });
    },
  };
  return <TableContext value={state}>{children}</TableContext>;
}
