import { isOfCalendar } from "./calendar.ts";

/** Roles whose reads and writes are excused, each until the end of a day; null: for good. */
export type Excused = Readonly<Record<string, string | null>>;

/** Reads `ROLE` or `ROLE=YYYY-MM-DD`; undefined: it is neither. */
export function readExcused(text: string): Excused | undefined {
  const [, role = text, until] = /^(.+)=([^=]*)$/.exec(text) ?? [];
  if (role === "" || (until !== undefined && !(/^\d{4}-\d\d-\d\d$/.test(until) && isOfCalendar(until))))
    return undefined;
  return { [role]: until ?? null };
}
