import { normalisePhone } from "../phone/normalise.ts";
import { isWithheld } from "../phone/withheld.ts";
import { acceptedName } from "./accepted-name.ts";
import type { CallValue } from "./call-columns.ts";
import type { CallEvent } from "./call-event.ts";
import type { CallsSchema, WrittenColumn } from "./calls-schema.ts";

/** What of an event the tables would refuse for certain, by what the catalog says of their types: the names of columns. */
export function refusedByType({ limited }: CallsSchema, event: CallEvent): readonly string[] {
  return limited.filter((column) => !fits(column, valueFor(column, event))).map(({ name }) => name);
}

/** The values of the statement's parameters, in their order. */
export function callValues(schema: CallsSchema, event: CallEvent): readonly CallValue[] {
  const phone = contactNumber(event);
  const name = phone === null ? null : acceptedName(event.name ?? null, phone);
  return [
    event.orgId,
    event.providerCallId ?? event.vapiCallId ?? null,
    phone,
    phone !== null && event.direction === "inbound" && event.createContact !== false,
    name === phone ? null : name,
    event.contactId ?? null,
    event.leadScore ?? null,
    event.leadStatus ?? null,
    ...schema.columns.map((column) => asSent(valueFor(column, event))),
  ];
}

// The driver prepares a statement anew for each combination of dates and nulls; texts and nulls are one.
function asSent(value: CallValue): CallValue {
  return value instanceof Date ? value.toISOString() : value;
}

/** What an event says for a column. */
export function valueFor(column: WrittenColumn, event: CallEvent): CallValue {
  if (column.key === "phone_number") return contactNumber(event) ?? event.number;
  const value = column.read(event);
  return column.key === "to_number" && typeof value === "string"
    ? (normalisePhone(value, event.country) ?? value)
    : value;
}

function fits({ words, longest, cast }: WrittenColumn, value: CallValue): boolean {
  if (typeof value !== "string") return true;
  if (cast !== undefined && words !== undefined) return words.includes(value);
  // Only what is longer in bytes may be longer in characters.
  return longest === undefined || value.length <= longest || [...value].length <= longest;
}

/** The number in E.164 that a contact may be known by, else null: a test call is nobody's. */
export function contactNumber({ number, country, details }: CallEvent): string | null {
  return number === null || details?.isTest === true || isWithheld(number) ? null : normalisePhone(number, country);
}
