import type { Session } from "./session.ts";

/**
 * Answers one kind of request. It runs alone: no training step and no other request comes between its first line and its last.
 * So what it reads belongs together, and it must be quick (tens of milliseconds). What takes longer is a job: an async generator,
 * which lets others run at every `yield` and should work on copies.
 *
 * Arrays in an answer are copied on the way to the page. `give` hands them over instead.
 */
// biome-ignore lint/suspicious/noExplicitAny: a handler knows its own parameters; the table does not
export type Handler = (session: Session, params: any) => unknown;

/** Handlers by name: the requests of one family. A plain literal, `as const satisfies Handlers`. */
export type Handlers = Readonly<Record<string, Handler>>;

const given = new WeakSet<ArrayBufferLike>();

/** Marks an array of an answer as given away: it is handed over instead of copied, and the worker must not use it again. */
export function give<T extends ArrayBufferView<ArrayBuffer>>(array: T): T {
  given.add(array.buffer);
  return array;
}

/** The buffers in an answer that were given away. */
export function givenIn(answer: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const open = [answer];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== "object" || value === null) continue;
    if (ArrayBuffer.isView(value)) {
      const { buffer } = value;
      if (buffer instanceof ArrayBuffer && given.has(buffer)) found.add(buffer);
    } else if (!(value instanceof ArrayBuffer)) {
      open.push(...(value instanceof Map ? value.values() : Object.values(value)));
    }
  }
  for (const buffer of found) given.delete(buffer);
  return [...found];
}
