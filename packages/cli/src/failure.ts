import { GlassnetError } from "glassnet";
import type { Messages } from "./messages/index.ts";
import { visible } from "./visible.ts";

/** What a run of the command ends with. Stable: scripts rely on it. */
export const exitCodes = {
  done: 0,
  failure: 1,
  /** The arguments cannot be used. */
  usage: 2,
  /** Stopped by Ctrl-C, with what was learned so far saved. */
  interrupted: 130,
} as const;

/** A failure that is told in one sentence, in the language of the user. */
export class Failure extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.hint = hint;
  }
}

/** Arguments that cannot be used. */
export class UsageFailure extends Failure {}

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageFailure) return exitCodes.usage;
  return error instanceof GlassnetError && error.code === "invalid-option" ? exitCodes.usage : exitCodes.failure;
}

/** The text of an error: what was wrong and what to do, without a stack unless somebody debugs. */
export function describeError(error: unknown, m: Messages, isDebugging: boolean): string {
  const lines: string[] = [];
  if (error instanceof Failure) {
    lines.push(m.failure.error(error.message));
    if (error.hint !== undefined) lines.push(m.failure.hint(error.hint));
  } else if (error instanceof GlassnetError) {
    lines.push(m.failure.library(error.message, error.code));
  } else {
    lines.push(m.failure.unexpected(error instanceof Error ? error.message : String(error)));
  }
  if (isDebugging && error instanceof Error) {
    for (let at: unknown = error; at instanceof Error; at = at.cause) lines.push(at.stack ?? String(at));
  }
  return lines.join("\n").split("\n").map(visible).join("\n"); // an error may quote a file
}
