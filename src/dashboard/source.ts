import type { Fragment, ISql } from "postgres";
import { SsotError } from "../model/errors.ts";
import { missionColumns } from "../model/mission.ts";
import { withheldPattern } from "../phone/withheld.ts";

/** live: names by the view. legacy: the emergency rollback, the names that were frozen into the calls. */
export type NameResolution = "live" | "legacy";

/** Where calls are read from, as parts of a statement. */
export interface Source {
  readonly relation: Fragment;
  /** Newest first, by what the table has, which an index may have as well. */
  readonly order: Fragment;
  /** The select list of a DashboardCall and the further columns. */
  readonly columns: Fragment;
  /** Condition: the call matches one of the patterns of ILIKE. */
  matches(patterns: readonly string[]): Fragment;
  /** Condition: a name is known. */
  readonly isNamed: Fragment;
}

export interface SourceOptions {
  readonly nameResolution?: NameResolution | undefined;
  /** Further columns of calls to read. */
  readonly columns?: readonly string[] | undefined;
}

const withheld = withheldPattern("[:space:]", { unicode: false });
const own = [
  "id",
  "contact_id",
  "call_direction",
  "phone_number",
  "phone_number_formatted",
  "caller_name",
  "name_source",
  "created_at",
];
const deprecated: readonly string[] = Object.values(missionColumns);

/** Throws CONFIGURATION for a further column that is deprecated, has a name of ours, or is named twice. */
export function checkColumns(columns: readonly string[]): readonly string[] {
  const bad = columns.find(
    (column, place) =>
      column === "" ||
      column.includes("\0") ||
      deprecated.includes(column) ||
      own.includes(column) ||
      columns.indexOf(column) !== place,
  );
  if (bad === undefined) return columns;
  throw new SsotError("CONFIGURATION", `columns: ${JSON.stringify(bad)} cannot be read as a further column of calls`, {
    hint: `Expected other columns of public.calls than ${[...new Set([...own, ...deprecated])].join(", ")}, each once`,
  });
}

/** The parts of a statement that reads calls. */
export function sourceOf(sql: ISql, { nameResolution = "live", columns = [] }: SourceOptions): Source {
  const further = columns.reduce((list, column) => sql`${list}, ${sql(column)}`, sql``);
  const order = sql`v.created_at desc, v.id`;
  // A moment without a zone would be taken for one of this machine's.
  const createdAt = sql`case when pg_typeof(v.created_at) = 'timestamp'::regtype then v.created_at::timestamp at time zone 'UTC'
        else v.created_at::timestamptz end as created_at`;
  const anyOf =
    (matches: (pattern: string) => Fragment) =>
    (patterns: readonly string[]): Fragment =>
      sql`(${patterns.map(matches).reduce((some, one) => sql`${some} or ${one}`)})`;
  const isNumber = (number: Fragment): Fragment => sql`${number} collate "C" !~* ${withheld}`;
  // What the view shows is no name but a word that was sent instead of a number.
  const isNobody = sql`name_source <> 'contact' and not (${isNumber(sql`resolved_caller_name`)})`;
  if (nameResolution === "legacy") {
    return {
      relation: sql`public.calls as v`,
      order,
      columns: sql`
        id, contact_id, call_direction,
        case when ${isNumber(sql`phone_number`)} then phone_number when ${isNumber(sql`from_number`)} then from_number else 'Unknown' end as phone_number,
        case when caller_name ~ '[^[:space:]]' then caller_name else 'Unknown Caller' end as caller_name,
        case when caller_name ~ '[^[:space:]]' then 'call' else 'unknown' end as name_source, ${createdAt} ${further}`,
      matches: anyOf(
        (pattern) => sql`phone_number ilike ${pattern} or from_number ilike ${pattern} or caller_name ilike ${pattern}`,
      ),
      isNamed: sql`caller_name ~ '[^[:space:]]'`,
    };
  }
  return {
    relation: sql`public.calls_with_caller_names as v`,
    order,
    columns: sql`
      id, contact_id, call_direction, case when ${isNumber(sql`phone_number`)} then phone_number else 'Unknown' end as phone_number,
      case when ${isNobody} then 'Unknown' else resolved_caller_name end as caller_name,
      case when ${isNobody} then 'unknown' else name_source end as name_source, ${createdAt} ${further}`,
    matches: anyOf((pattern) => sql`phone_number ilike ${pattern} or resolved_caller_name ilike ${pattern}`),
    isNamed: sql`name_source = 'contact'`,
  };
}

/** What a failed read means: CONFIGURATION where a column or the view is missing, else the error as it is. */
export function explainRead(error: unknown, { nameResolution }: SourceOptions): unknown {
  const state = error instanceof Error && "code" in error ? error.code : undefined;
  if (state === "42703") {
    const legacy = nameResolution === "legacy";
    return new SsotError("CONFIGURATION", legacy ? "the legacy columns are gone" : "a column of calls does not exist", {
      cause: error,
      hint: legacy
        ? "nameResolution: 'legacy' works until caller_name and from_number are dropped; ssot rollback brings them back."
        : "Compare the option `columns` with the columns of public.calls.",
    });
  }
  if (state !== "42P01") return error;
  return new SsotError("CONFIGURATION", "the view or the table of calls does not exist", {
    cause: error,
    hint: "ssot migrate makes public.calls_with_caller_names.",
  });
}
