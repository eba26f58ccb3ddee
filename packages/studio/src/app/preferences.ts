import { type ThemeChoice, themeChoices } from "../components/theme.tsx";
import { type Language, languages, preferredLanguage } from "../i18n/language.tsx";
import { Store } from "../workspace/store.ts";

/** What the reader chose for themselves: it stays in this browser and is in no link. */
export interface Preferences {
  readonly language: Language;
  readonly theme: ThemeChoice;
  /** Whether single keys do something. */
  readonly hasKeys: boolean;
}

const NAME = "glassnet-studio";

function read(): Partial<Preferences> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(NAME) ?? "{}");
    return typeof stored === "object" && stored !== null ? stored : {};
  } catch {
    return {}; // the browser keeps nothing, or somebody wrote something else
  }
}

/** The preferences of this browser; changes are kept where the browser lets them. */
export function openPreferences(): Store<Preferences> {
  const { language, theme, hasKeys } = read();
  const store = new Store<Preferences>({
    language: languages.find((known) => known === language) ?? preferredLanguage(navigator.languages),
    theme: themeChoices.find((known) => known === theme) ?? "system",
    hasKeys: hasKeys !== false,
  });
  store.subscribe(() => {
    try {
      localStorage.setItem(NAME, JSON.stringify(store.get()));
    } catch {
      // a browser that keeps nothing: the choice holds until the page is closed
    }
  });
  return store;
}
