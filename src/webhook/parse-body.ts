import { SsotError } from "../model/errors.ts";

/** A body as JSON. Throws PAYLOAD_INVALID. */
export function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new SsotError("PAYLOAD_INVALID", "the body: JSON expected");
  }
}
