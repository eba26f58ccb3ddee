import { Suspense } from "react";
import { LanguageProvider } from "../i18n/language.tsx";
import { useClient } from "../worker/hooks.tsx";
import { useStore, useWorkspace } from "../workspace/hooks.tsx";
import { screens } from "./screens.ts";

/** The frame around every screen. */
export function Shell() {
  const workspace = useWorkspace();
  const screen = useStore(workspace.state, (state) => state.screen);
  const Screen = screens[screen];
  const connection = useStore(useClient().known, (known) => known.connection);
  return (
    <LanguageProvider language="en">
      <div data-session={connection}>
        <Suspense>
          <Screen />
        </Suspense>
      </div>
    </LanguageProvider>
  );
}
