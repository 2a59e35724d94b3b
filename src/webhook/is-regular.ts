import { isMoment, isObject } from "./read-fields.ts";
import type { VapiMessage } from "./vapi-message.ts";

type Fields = Readonly<Record<string, unknown>>;

const nothing: Fields = {};

// In characters; the provider's are 36.
const longestId = 255;

/**
 * Whether a message is as the provider sends them today, field by field, so that it can be taken as it is. Nearly all are; of the
 * others somebody reads what can be read.
 */
export function isRegular(message: Fields): message is Fields & VapiMessage {
  const { call, customer, phoneNumber, assistant, artifact, analysis } = message;
  if (!areObjects(call, customer, phoneNumber, assistant, artifact, analysis)) return false;
  // Their places in older messages.
  if (message.transcript !== undefined || message.summary !== undefined || message.recordingUrl !== undefined)
    return false;
  if (message.phoneNumberId !== undefined || message.assistantId !== undefined) return false;
  const told = partOf(artifact);
  const { recording } = told;
  if (!areObjects(recording) || !areObjects(partOf(recording).mono)) return false;
  return (
    areTexts(
      message.type,
      message.status,
      message.endedReason,
      told.transcript,
      told.recordingUrl,
      partOf(analysis).summary,
    ) &&
    areTexts(partOf(partOf(recording).mono).combinedUrl, partOf(phoneNumber).id, partOf(phoneNumber).number) &&
    areTexts(partOf(assistant).id, partOf(assistant).name) &&
    areNumbers(message.timestamp, message.durationSeconds, message.cost) &&
    areMoments(message.startedAt, message.endedAt) &&
    isCustomer(customer) &&
    isCall(partOf(call))
  );
}

function isCall(call: Fields): boolean {
  return (
    areTexts(call.id, call.type, call.assistantId, call.phoneNumberId, call.phoneCallProviderId) &&
    (typeof call.id !== "string" || call.id.length <= longestId) &&
    areMoments(call.createdAt, call.startedAt) &&
    areObjects(call.customer) &&
    isCustomer(call.customer)
  );
}

function isCustomer(customer: unknown): boolean {
  const { number, sipUri, name } = partOf(customer);
  return areTexts(number, sipUri, name);
}

function partOf(value: unknown): Fields {
  return isObject(value) ? value : nothing;
}

function areObjects(...values: readonly unknown[]): boolean {
  return values.every((value) => value === undefined || value === null || isObject(value));
}

function areTexts(...values: readonly unknown[]): boolean {
  return values.every((value) => value === undefined || value === null || typeof value === "string");
}

function areNumbers(...values: readonly unknown[]): boolean {
  return values.every((value) => value === undefined || value === null || Number.isFinite(value));
}

function areMoments(...values: readonly unknown[]): boolean {
  return values.every(
    (value) => value === undefined || value === null || (typeof value === "string" && isMoment(value)),
  );
}
