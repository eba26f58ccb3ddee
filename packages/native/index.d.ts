/** What the add-on offers; the library describes the functions of `addon` itself. */

/** Names of the variants that this processor architecture has, the most demanding first. */
export const variants: readonly string[];

/** The package's version, which is that of the library whose programs it can run. */
export const version: string;

/** Loads a variant, or the best one for this processor. Never throws: `cause` and `reason` say why there is none. */
export function load(
  variant?: string,
): { readonly addon: unknown } | { readonly cause: string; readonly reason: string };
