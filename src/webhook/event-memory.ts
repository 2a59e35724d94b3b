import { hash } from "node:crypto";
import { LatestMap } from "./latest-map.ts";
import type { ToldCall } from "./read-call.ts";

/**
 * Which of the latest events of this process were taken in full: the id of the call's row by the event's fingerprint. A call that was
 * deleted and came again is another row, and has none of them yet.
 */
export class EventMemory extends LatestMap<string> {}

/**
 * What an event is known by when it comes again: everything that it says, but the signature of a presigned address, which is another one
 * in each delivery. Not by the body, for the same reason.
 */
export function fingerprintOf(orgId: string, type: string, told: ToldCall): string {
  const { providerCallId, direction, number, name, contactId, details = {} } = told;
  let whole = [orgId, type, providerCallId, direction, number, name, contactId].join("\u0000");
  for (const [key, value] of Object.entries(details)) {
    const said = key === "recordingUrl" && typeof value === "string" ? withoutSignature(value) : value;
    if (said !== null) whole += `\u0000${key}=${said instanceof Date ? said.getTime() : String(said)}`;
  }
  return hash("sha256", whole, "base64").slice(0, 24);
}

/** Whether an event says what somebody may shorten or replace: only of such it is worth while to remember that it was taken. */
export function saysText({ details }: ToldCall): boolean {
  return [details?.transcript, details?.summary, details?.recordingUrl].some((text) => (text ?? null) !== null);
}

function withoutSignature(address: string): string {
  return /[?&](x-amz-signature|x-goog-signature|signature|sig|expires|token)=/i.test(address)
    ? address.slice(0, address.indexOf("?"))
    : address;
}
