import { FormatError, GlassnetError } from "glassnet";
import type { StudioErrorCode, Trouble } from "./protocol.ts";

/** Something that the studio itself refuses. */
export class StudioError extends Error {
  readonly code: StudioErrorCode;

  constructor(code: StudioErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** An error as it goes to the page. What nobody expected is "internal", and its stack stays here. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof FormatError) return { code: error.code, message: error.message, reason: error.reason };
  if (error instanceof GlassnetError || error instanceof StudioError) {
    return { code: error.code, message: error.message };
  }
  return { code: "internal", message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}
