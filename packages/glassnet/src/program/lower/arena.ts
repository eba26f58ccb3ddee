/** @file The memory in which the scratch of a program lies. */

const ALIGNMENT = 64;

/** Rounded up to whole cache lines, so that no two threads write into the same one. */
export const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
