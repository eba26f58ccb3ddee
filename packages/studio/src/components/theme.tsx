import { createContext, type ReactNode, useContext, useSyncExternalStore } from "react";

/** How the page looks: as the system says, or as the reader chose. */
export const themeChoices = ["system", "light", "dark"] as const;
export type ThemeChoice = (typeof themeChoices)[number];
export type Theme = "light" | "dark";

const ThemeContext = createContext<Theme>("light");

export function ThemeProvider({ theme, children }: { theme: Theme; children: ReactNode }) {
  return <ThemeContext value={theme}>{children}</ThemeContext>;
}

export const useTheme = (): Theme => useContext(ThemeContext);

/** Whether a media query holds, such as `(prefers-reduced-motion: reduce)`. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => matchMedia(query).matches,
  );
}

export const useReducedMotion = (): boolean => useMedia("(prefers-reduced-motion: reduce)");

/** Whether the window is a phone's: the rail lies below, and the microscope is a sheet. */
export const useIsPhone = (): boolean => useMedia("(max-width: 767px)");
