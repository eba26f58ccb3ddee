import { useEffect, useState } from "react";
import { useMessages } from "../i18n/language.tsx";
import { useClient } from "../worker/hooks.tsx";
import { useWorkspace } from "../workspace/hooks.tsx";
import { takeFile } from "./files.ts";
import { texts, useServices } from "./services.tsx";

/** Lets files be dropped anywhere on the page. */
export function DropVeil() {
  const m = useMessages(texts);
  const client = useClient();
  const workspace = useWorkspace();
  const { news } = useServices();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    const onOver = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      const [file] = event.dataTransfer?.files ?? [];
      if (file !== undefined) void takeFile(file, { client, news, workspace });
    };
    window.addEventListener("dragover", onOver);
    window.addEventListener("dragleave", onLeave);
    window.addEventListener("drop", onDrop);
    return () => {
      window.removeEventListener("dragover", onOver);
      window.removeEventListener("dragleave", onLeave);
      window.removeEventListener("drop", onDrop);
    };
  }, [client, workspace, news]);
  return isOver ? <div className="drop-veil">{m.drop}</div> : null;
}
