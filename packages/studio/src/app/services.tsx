import { createContext, type ReactNode, useContext, useMemo } from "react";
import { useClient } from "../worker/hooks.tsx";
import type { Status } from "../worker/protocol.ts";
import type { Store } from "../workspace/store.ts";
import type { Address, LinkNews } from "./address.ts";
import { en } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";
import type { Preferences } from "./preferences.ts";
import type { Rescue } from "./rescue.ts";

export const texts = { en, zh };

/** Something to tell at the top of the screen until it is closed. */
export type News =
  | { readonly kind: "link"; readonly news: LinkNews }
  | { readonly kind: "restored"; readonly step: number }
  | { readonly kind: "loaded"; readonly name: string }
  | { readonly kind: "refused"; readonly name: string; readonly message: string }
  | { readonly kind: "unknown-file" }
  | { readonly kind: "note"; readonly text: string };

/** What the frame works with beside the workspace and the client. */
export interface Services {
  readonly preferences: Store<Preferences>;
  readonly address: Address;
  readonly rescue: Rescue;
  readonly news: Store<News | null>;
}

const ServicesContext = createContext<Services | undefined>(undefined);

export function ServicesProvider({ services, children }: { services: Services; children: ReactNode }) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error("bug in the studio: no services around this component");
  return services;
}

/** What the buttons of the bar, the keys and the screens do with the training. */
export function useTraining() {
  const client = useClient();
  return useMemo(() => {
    const ignore = (): void => undefined; // a session that is lost says so in the banner
    const run = (mode: NonNullable<Status["running"]>): void => {
      client.request("core/run", { mode }).catch(ignore);
    };
    const pause = (): void => {
      client.request("core/pause").catch(ignore);
    };
    const toggle = (): void => {
      if (client.known.get().status?.running === null) run("run");
      else pause();
    };
    return { run, pause, toggle };
  }, [client]);
}
