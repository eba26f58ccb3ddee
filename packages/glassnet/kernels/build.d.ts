export const VERSION: string;
export const target: string;
export const variants: Readonly<Record<string, unknown>>;
export function compilerVersion(): string | undefined;
export function build(into: string): void;
export function manifestOf(modules: string): unknown;
export function changedVariants(): string[];
