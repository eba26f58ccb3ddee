import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./theme.css";
import "./frame.css";
import "../components/components.css";
import { Client, type Port } from "../worker/client.ts";
import { ClientProvider } from "../worker/hooks.tsx";
import { WorkspaceProvider } from "../workspace/hooks.tsx";
import { Store } from "../workspace/store.ts";
import { initialState, Workspace } from "../workspace/workspace.ts";
import { Address } from "./address.ts";
import { openPreferences } from "./preferences.ts";
import { Rescue } from "./rescue.ts";
import { type News, type Services, ServicesProvider } from "./services.tsx";
import { Shell } from "./shell.tsx";

/** Beside a screen there must be room for the microscope, or it waits until it is asked for. */
const hasRoom = matchMedia("(min-width: 1200px)").matches;
const workspace = new Workspace({ ...initialState, inspector: hasRoom });
const openWorker = (): Port =>
  new Worker(new URL("../worker/entry.ts", import.meta.url), { type: "module" }) as unknown as Port;
const client = new Client(openWorker, document.baseURI, (callback) => requestAnimationFrame(callback));
const news = new Store<News | null>(null);
const services: Services = {
  preferences: openPreferences(),
  address: new Address(workspace, client, (link) => news.set({ kind: "link", news: link })),
  rescue: new Rescue(client),
  news,
};
void services.address.open();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <WorkspaceProvider workspace={workspace}>
      <ClientProvider client={client}>
        <ServicesProvider services={services}>
          <Shell />
        </ServicesProvider>
      </ClientProvider>
    </WorkspaceProvider>
  </StrictMode>,
);
