import type { ISql } from "postgres";
import { fieldsOf } from "./describe-error.ts";
import { isRefusal } from "./next-attempt.ts";

/** What may be left out, by the names that `RecordedCall.refused` has: columns of calls, `contacts.` and a column of contacts. */
export interface Search<T> {
  readonly sql: ISql;
  readonly candidates: readonly string[];
  /** What the last event had to leave out: the likeliest. */
  readonly likely: readonly string[];
  /** Writes the event without these; rejects with what PostgreSQL says. */
  readonly write: (without: ReadonlySet<string>) => Promise<T>;
  /** Two writes of one event as one. */
  readonly merge: (first: T, second: T) => T;
}

/**
 * Writes an event without what the tables refuse, and with everything else. What the error names goes first; then each
 * candidate by itself; and where several are refused that no error names, the rest is added to what can do without any, one
 * by one. Rejects with the refusal where nothing that may be left out was its cause.
 */
export async function leaveOut<T>(search: Search<T>, refusal: unknown): Promise<readonly [T, ReadonlySet<string>]> {
  const { candidates, write } = search;
  const out = new Set<string>();
  const attempt = async (without: Iterable<string>): Promise<readonly [T, ReadonlySet<string>] | unknown> => {
    const all = new Set(without);
    try {
      return [await write(all), all] as const;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return error;
    }
  };
  let last = refusal;
  for (;;) {
    const named = (await namedBy(search.sql, last)).filter((name) => candidates.includes(name) && !out.has(name));
    if (named.length === 0) break;
    for (const name of named) {
      const outcome = await attempt([...out, name]);
      if (isDone<T>(outcome)) return outcome;
      if (named.length === 1) last = outcome;
    }
    for (const name of named) out.add(name);
    if (named.length === 1) continue;
    const outcome = await attempt(out);
    if (isDone<T>(outcome)) return outcome;
    last = outcome;
  }
  const rest = candidates.filter((name) => !out.has(name));
  for (const name of [...search.likely.filter((one) => rest.includes(one)), ...rest]) {
    const outcome = await attempt([...out, name]);
    if (isDone<T>(outcome)) return outcome;
  }
  return await addBack(search, attempt, last);
}

async function addBack<T>(
  { candidates, merge }: Search<T>,
  attempt: (without: Iterable<string>) => Promise<readonly [T, ReadonlySet<string>] | unknown>,
  refusal: unknown,
): Promise<readonly [T, ReadonlySet<string>]> {
  const bare = await attempt(candidates);
  if (!isDone<T>(bare)) throw refusal;
  let [result, out] = bare;
  // One that a rule refuses by itself may pass with another one.
  for (let added = true; added; ) {
    added = false;
    for (const name of out) {
      const outcome = await attempt([...out].filter((other) => other !== name));
      if (!isDone<T>(outcome)) continue;
      result = merge(result, outcome[0]);
      out = outcome[1];
      added = true;
    }
  }
  return [result, out];
}

function isDone<T>(outcome: unknown): outcome is readonly [T, ReadonlySet<string>] {
  return Array.isArray(outcome);
}

/** The columns that an error is about, as PostgreSQL names them: one of them, or those of the rule. */
async function namedBy(sql: ISql, error: unknown): Promise<readonly string[]> {
  const { table_name: table, column_name: column, constraint_name: constraint } = fieldsOf(error);
  const prefix = table === "contacts" ? "contacts." : "";
  if (typeof column === "string") return [`${prefix}${column}`];
  if (typeof constraint !== "string" || typeof table !== "string") return [];
  const rows = await sql<{ name: string }[]>`
    select distinct a.attname as name from pg_catalog.pg_constraint as k
    join pg_catalog.pg_class as t on t.oid = k.conrelid
    join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
    where k.conname = ${constraint} and t.relname = ${table}
    order by a.attname`;
  return rows.map(({ name }) => `${prefix}${name}`);
}
