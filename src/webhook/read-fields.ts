import { isOfCalendar } from "../model/calendar.ts";

/** Reads fields of a message where they can be read, and remembers those that could not. Absent and null mean the same. */
export class FieldReader {
  /** Their places, `message.artifact.transcript`; never a value. */
  readonly unread: string[] = [];

  /** An object's fields; none where it is nothing, or something else. */
  object(value: unknown, place: string): Readonly<Record<string, unknown>> {
    if (isObject(value)) return value;
    if (value !== null && value !== undefined && value !== "") this.unread.push(place);
    return {};
  }

  /** A text; a number is one, too. An empty one stays. */
  text(value: unknown, place: string): string | null {
    if (typeof value === "string") return value;
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
    return this.#nothing(value, place);
  }

  /** A number, or a text that is one. */
  number(value: unknown, place: string): number | null {
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value !== "string") return this.#nothing(value, place);
    const bare = value.trim();
    if (bare === "") return null;
    return /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d{1,3})?$/i.test(bare) ? Number(bare) : this.#nothing(value, place);
  }

  /** A moment in ISO 8601; or in seconds or milliseconds since 1970. Given as text in ISO 8601. */
  moment(value: unknown, place: string): string | null {
    if (value === null || value === undefined || value === "") return null;
    if (typeof value === "string" && isMoment(value)) return value;
    if (typeof value === "string" && value.trim() === "") return null;
    const isCount = typeof value === "number" || (typeof value === "string" && /^\d{9,14}(\.\d+)?$/.test(value.trim()));
    const text = isCount ? fromCount(Number(value)) : value;
    return typeof text === "string" && isMoment(text.trim()) ? text.trim() : this.#nothing(value, place);
  }

  #nothing(value: unknown, place: string): null {
    if (value !== null && value !== undefined) this.unread.push(place);
    return null;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Milliseconds have thirteen digits until 2286, seconds ten.
function fromCount(count: number): string | null {
  const date = new Date(count >= 1e11 ? count : count * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Whether a text is a moment that PostgreSQL and JavaScript both can write. JavaScript would take the 30th of February for a day of March. */
export function isMoment(text: string): boolean {
  return /^(19|20|21)\d\d-/.test(text) && !Number.isNaN(Date.parse(text)) && isOfCalendar(text);
}
