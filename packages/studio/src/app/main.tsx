import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Client, type Port } from "../worker/client.ts";
import { ClientProvider } from "../worker/hooks.tsx";
import { WorkspaceProvider } from "../workspace/hooks.tsx";
import { Workspace } from "../workspace/workspace.ts";
import { Shell } from "./shell.tsx";

const workspace = new Workspace();
const openWorker = (): Port =>
  new Worker(new URL("../worker/entry.ts", import.meta.url), { type: "module" }) as unknown as Port;
const client = new Client(openWorker, document.baseURI, (callback) => requestAnimationFrame(callback));

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <WorkspaceProvider workspace={workspace}>
      <ClientProvider client={client}>
        <Shell />
      </ClientProvider>
    </WorkspaceProvider>
  </StrictMode>,
);
