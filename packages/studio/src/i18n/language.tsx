import { createContext, type ReactNode, useContext } from "react";

/** The languages of the studio. English is the model: a text that is missing in Chinese does not compile. */
export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

/** How each language names itself, and its tag for `lang` and `Intl`. */
export const languageNames: Readonly<Record<Language, { readonly name: string; readonly tag: string }>> = {
  en: { name: "English", tag: "en-GB" },
  zh: { name: "中文", tag: "zh-CN" },
};

/** The texts of one part of the studio, in every language: `{ en, zh }`, where `zh` has the type of `en`. */
export type Catalogue<M> = Readonly<Record<Language, M>>;

const LanguageContext = createContext<Language>("en");

export function LanguageProvider({ language, children }: { language: Language; children: ReactNode }) {
  return <LanguageContext value={language}>{children}</LanguageContext>;
}

export const useLanguage = (): Language => useContext(LanguageContext);

/** The texts of a catalogue in the language of the page. */
export const useMessages = <M,>(catalogue: Catalogue<M>): M => catalogue[useLanguage()];

/** The language that the reader's browser asks for, of those there are. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().split("-")[0] === language);
    if (found !== undefined) return found;
  }
  return "en";
}
