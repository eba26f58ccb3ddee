/** Versions of compiler and linker; undefined for one that is not there. */
export interface ToolVersions {
  readonly clang: string | undefined;
  readonly lld: string | undefined;
}
export const PINNED: ToolVersions;
export const target: string;
export const variants: Readonly<Record<string, unknown>>;
export function toolVersions(): ToolVersions;
export function toolFault(versions: ToolVersions): string | undefined;
export function build(into: string): void;
export function manifestOf(modules: string, versions: ToolVersions): unknown;
export function changedVariants(): string[];
