import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { Dialog, I18nProvider, Modal, ModalOverlay } from "react-aria-components";
import { Button } from "../components/controls.tsx";
import { Notice } from "../components/notice.tsx";
import { ThemeProvider, useIsPhone, useMedia } from "../components/theme.tsx";
import { LanguageProvider, languageNames, useMessages } from "../i18n/language.tsx";
import { useClient } from "../worker/hooks.tsx";
import { useStore, useWorkspace } from "../workspace/hooks.tsx";
import { Banner } from "./banner.tsx";
import { DropVeil } from "./drop.tsx";
import { ErrorBoundary } from "./error-boundary.tsx";
import { useKeys } from "./keyboard.ts";
import { Rail } from "./rail.tsx";
import { Inspector, screens } from "./screens.ts";
import { texts, useServices } from "./services.tsx";
import { TopBar } from "./top-bar.tsx";

/** Not needed before somebody asks for it. */
const KeyList = lazy(async () => ({ default: (await import("./key-list.tsx")).KeyList }));

/** The page: language and theme around the frame, the frame around every screen. */
export function Shell() {
  const { preferences } = useServices();
  const { language, theme } = useStore(preferences);
  const isSystemDark = useMedia("(prefers-color-scheme: dark)");
  const shown = theme === "system" ? (isSystemDark ? "dark" : "light") : theme;
  const { tag } = languageNames[language];
  useEffect(() => {
    document.documentElement.dataset.theme = shown;
    document.documentElement.lang = tag;
  }, [shown, tag]);
  return (
    <I18nProvider locale={tag}>
      <LanguageProvider language={language}>
        <ThemeProvider theme={shown}>
          <Frame />
        </ThemeProvider>
      </LanguageProvider>
    </I18nProvider>
  );
}

function Frame() {
  const m = useMessages(texts);
  const workspace = useWorkspace();
  const screen = useStore(workspace.state, (state) => state.screen);
  const connection = useStore(useClient().known, (known) => known.connection);
  const [hasKeyList, setKeyList] = useState(false);
  const [openKeyList] = useState(() => () => setKeyList(true));
  useKeys(openKeyList);
  useEffect(() => {
    document.title = `${m.screens[screen]} – ${m.studio}`;
  }, [m, screen]);
  const Screen = screens[screen];
  return (
    <div className="frame" data-session={connection} data-screen={screen}>
      <button type="button" className="skip-link" onClick={skip}>
        {m.skip}
      </button>
      <TopBar onKeys={openKeyList} />
      <Rail />
      <main className="main" id="main" tabIndex={-1}>
        <Banner />
        <Guarded name={screen}>
          <Screen />
        </Guarded>
      </main>
      <InspectorPlace />
      {hasKeyList && (
        <Suspense>
          <KeyList isOpen onClose={() => setKeyList(false)} />
        </Suspense>
      )}
      <DropVeil />
    </div>
  );
}

/** Past the bar and the rail. */
function skip(): void {
  document.getElementById("main")?.focus();
}

/** A part that is loaded when it is needed, and whose errors stay in it. */
function Guarded({ name, children }: { name: string; children: ReactNode }) {
  const m = useMessages(texts);
  const workspace = useWorkspace();
  return (
    <ErrorBoundary
      key={name}
      fallback={(error, retry) => (
        <div className="screen">
          <h1 className="screen-title">{m.broken}</h1>
          <Notice kind="warning">
            <pre className="notice-detail" lang="en">
              {error instanceof Error ? error.message : String(error)}
            </pre>
          </Notice>
          <div className="row">
            <Button kind="primary" onPress={retry}>
              {m.tryAgain}
            </Button>
            <Button onPress={() => workspace.open("draw")}>{m.toDraw}</Button>
          </div>
        </div>
      )}
    >
      <Suspense fallback={<div className="loading">{m.opening}</div>}>{children}</Suspense>
    </ErrorBoundary>
  );
}

/** Whether the first screen stands, so that what is beside it may be loaded: the session is open, and the page had a quiet moment. */
function useIsSettled(): boolean {
  const isOpen = useStore(useClient().known, (known) => known.connection !== "opening");
  const [isSettled, setSettled] = useState(false);
  useEffect(() => {
    if (!isOpen) return undefined;
    if (typeof requestIdleCallback !== "function") {
      const timer = setTimeout(() => setSettled(true), 200); // Safari
      return () => clearTimeout(timer);
    }
    const handle = requestIdleCallback(() => setSettled(true), { timeout: 1000 });
    return () => cancelIdleCallback(handle);
  }, [isOpen]);
  return isSettled;
}

/** The microscope: at the right where there is room, a sheet on phones. The screen of that name has it whole. */
function InspectorPlace() {
  const m = useMessages(texts);
  const workspace = useWorkspace();
  const isPhone = useIsPhone();
  const isSettled = useIsSettled();
  const isOpen = useStore(workspace.state, (state) => state.inspector);
  const screen = useStore(workspace.state, (state) => state.screen);
  if (screen === "microscope") return null;
  const close = (): void => workspace.showInspector(false);
  if (!isPhone) {
    return isOpen ? (
      <aside className="inspector" aria-label={m.bar.inspector}>
        <Guarded name="inspector">{isSettled && <Inspector />}</Guarded>
      </aside>
    ) : null;
  }
  return (
    <ModalOverlay className="sheet-veil" isOpen={isOpen} onOpenChange={(open) => !open && close()} isDismissable>
      <Modal className="sheet">
        <Dialog aria-label={m.bar.inspector}>
          <div className="inspector-head">
            <span />
            <Button kind="quiet" icon="close" label={m.dismiss} onPress={close} />
          </div>
          <Guarded name="inspector">
            <Inspector />
          </Guarded>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
