import type { Connection } from "../db/connection.ts";
import { sqlStateOf } from "../db/connection-error.ts";
import { type ContactReference, countReferences } from "../db/queries/contact-references.ts";
import { breaksRule, listRowRules, type Move, type RowRule } from "../db/queries/row-rules.ts";

/** Rows of others that a merge or a quarantine would break. */
export interface RowConflict {
  readonly code: "MERGE_CONFLICT" | "UNFIXABLE_PHONE";
  /** A clause without a full stop. */
  readonly what: string;
  /** A clause in the imperative. */
  readonly remedy: string;
}

export interface Moves {
  readonly merges: readonly { readonly duplicate: string; readonly survivor: string }[];
  /** Contacts that are set aside. */
  readonly setAside: readonly string[];
}

/** What stands against these merges and against setting these contacts aside. Asks inside a transaction, of which nothing stays. */
export async function listRowConflicts(
  connection: Connection,
  references: readonly ContactReference[],
  { merges, setAside }: Moves,
): Promise<readonly RowConflict[]> {
  if (merges.length === 0 && setAside.length === 0) return [];
  const found = [...(await listNeededContacts(connection, references, setAside))];
  for (const rule of await listRowRules(connection.sql)) {
    const moved = merges.map(({ duplicate, survivor }) => ({ from: duplicate, to: survivor }));
    if (await breaks(connection, rule, moved)) {
      found.push({
        code: "MERGE_CONFLICT",
        what: `contacts cannot be merged: ${rule.table} ${describe(rule)}`,
        remedy: "delete or change one of the rows there",
      });
    }
    if (
      await breaks(
        connection,
        rule,
        setAside.map((from) => ({ from, to: null })),
      )
    ) {
      found.push({
        code: "UNFIXABLE_PHONE",
        what: `contacts whose number cannot be read cannot be set aside: ${rule.table} ${describe(rule)}`,
        remedy: "give these contacts a number in E.164, or change the rows there",
      });
    }
  }
  return found;
}

/** Which of these contacts cannot be set aside, because rows need them. Calls no code of others. */
export async function listNeededContacts(
  { sql }: Connection,
  references: readonly ContactReference[],
  setAside: readonly string[],
): Promise<readonly RowConflict[]> {
  const found: RowConflict[] = [];
  for (const reference of setAside.length === 0 ? [] : references.filter(({ required }) => required)) {
    const { rows, contacts } = await countReferences(sql, reference, setAside);
    if (rows === 0) continue;
    found.push({
      code: "UNFIXABLE_PHONE",
      what: `${rows.toLocaleString("en-US")} rows of ${reference.table} (${reference.constraint}) need contacts whose number cannot be read: ${contacts.join(", ")}`,
      remedy: "give these contacts a number in E.164: they cannot be set aside",
    });
  }
  return found;
}

function describe({ kind, name, keys }: RowRule): string {
  if (kind === "unique")
    return `would hold two equal rows in its unique key ${name} (${keys.map(({ expression }) => expression).join(", ")})`;
  return kind === "check"
    ? `would break its CHECK ${name}`
    : `would hold two rows that its constraint ${name} excludes`;
}

// What the server cannot answer so, the step itself finds.
async function breaks({ sql, execute }: Connection, rule: RowRule, moves: readonly Move[]): Promise<boolean> {
  if (moves.length === 0) return false;
  await execute("savepoint row_rule");
  try {
    return await breaksRule(sql, rule, moves);
  } catch (error) {
    if (sqlStateOf(error) === undefined) throw error;
    await execute("rollback to savepoint row_rule");
    return false;
  }
}
