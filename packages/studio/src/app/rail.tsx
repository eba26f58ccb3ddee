import { Icon } from "../components/icon.tsx";
import { useMessages } from "../i18n/language.tsx";
import { useStore, useWorkspace } from "../workspace/hooks.tsx";
import { screenIds } from "./routes.ts";
import { texts } from "./services.tsx";

/** The screens, at the left or, on phones, below. Links, so that they can be opened in a new tab. */
export function Rail() {
  const m = useMessages(texts);
  const workspace = useWorkspace();
  const current = useStore(workspace.state, (state) => state.screen);
  return (
    <nav className="rail" aria-label={m.screensLabel}>
      {screenIds.map((id) => (
        <a
          key={id}
          href={`#/${id}`}
          className="rail-link"
          aria-current={id === current ? "page" : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
            event.preventDefault();
            workspace.open(id);
          }}
        >
          <Icon name={id} />
          {m.screens[id]}
        </a>
      ))}
    </nav>
  );
}
