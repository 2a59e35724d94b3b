import type { Sql } from "postgres";
import { migrationNames } from "../../../model/mission.ts";
import { listPresentTables } from "./present-tables.ts";

interface Place {
  readonly what: string;
  readonly table: string;
  /** Condition on the table's row x, with $1 for the migration. */
  readonly where: string;
  /** Tables that the condition asks. */
  readonly asks?: readonly string[];
}

const columns = "ssot.deprecated_column";
const ofColumn = `exists (select from ${columns} as d where d.migration = $1 and d.relation = x.relation and d.column_name = x.column_name)`;

const ofMark: readonly Place[] = [
  { what: "auditRows", table: "ssot.column_audit", where: ofColumn, asks: [columns] },
  { what: "lastWrites", table: "ssot.deprecated_write", where: ofColumn, asks: [columns] },
  { what: "startDates", table: columns, where: "x.migration = $1" },
  { what: "readers", table: "ssot.reader", where: "x.migration = $1" },
  { what: "readerSamples", table: "ssot.reader_sample", where: "x.migration = $1" },
  { what: "excusedRoles", table: "ssot.excused_role", where: "x.migration = $1" },
];

// Where the mission's mark made an audit of its own; the drop moves it to schema ssot.
const ofMission: readonly Place[] = ["public.deprecated_column_audit", "ssot.deprecated_column_audit"].map((table) => ({
  what: "auditRows",
  table,
  where: "$1::text is not null",
}));

const ofEngine: readonly Place[] = [
  { what: "verificationRuns", table: "ssot.verification_runs", where: "$1::text is null" },
  { what: "finalizations", table: "ssot.finalization", where: "$1::text is null" },
];

/** Rows that go with the mark of a deprecation and are no value of yours, by what they are: evidence, dates, excuses. */
export function countLostWithMark(sql: Sql, mark: string): Promise<Readonly<Record<string, number>>> {
  return countPlaces(sql, mark === migrationNames.deprecate ? [...ofMark, ...ofMission] : ofMark, mark);
}

/** Rows that go with schema ssot itself. */
export function countLostWithEngine(sql: Sql): Promise<Readonly<Record<string, number>>> {
  return countPlaces(sql, ofEngine, null);
}

async function countPlaces(
  sql: Sql,
  places: readonly Place[],
  migration: string | null,
): Promise<Readonly<Record<string, number>>> {
  const tables = places.flatMap(({ table, asks = [] }) => [table, ...asks]);
  const there = await listPresentTables(sql, tables);
  const asked = places.filter(({ table, asks = [] }) => [table, ...asks].every((name) => there.has(name)));
  if (asked.length === 0) return {};
  const counts = asked.map(
    ({ what, table, where }) => `select '${what}' as what, count(*) as n from ${table} as x where ${where}`,
  );
  const rows = await sql.unsafe<{ what: string; n: string }[]>(
    `select c.what, sum(c.n) as n from (${counts.join(" union all ")}) as c group by c.what order by c.what`,
    [migration],
  );
  return Object.fromEntries(rows.map(({ what, n }) => [what, Number(n)]));
}
