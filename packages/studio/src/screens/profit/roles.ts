/** What a column of a CSV is to the network. */
export type ColumnRole = "input" | "target" | "out";

const letters: Readonly<Record<ColumnRole, string>> = { input: "i", target: "t", out: "o" };

/** Roles as a short text: a letter for each column. */
export const rolesText = (roles: readonly ColumnRole[]): string => roles.map((role) => letters[role]).join("");
