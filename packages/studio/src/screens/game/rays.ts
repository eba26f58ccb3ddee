/** What the policy feels with, as the worker has it, without loading the library on the page; a test compares. */
export const RAYS = { count: 8, length: 20 } as const;
