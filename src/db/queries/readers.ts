import type { ISql } from "postgres";
import type { Mention, Watched } from "../../names/mention.ts";
import { mentionsIn } from "../../names/mentions-in.ts";
import { anyOf } from "../../names/words.ts";

/** A recorded statement that touches the columns. */
interface Reader {
  /** Null where the role is gone. */
  readonly role: string | null;
  readonly calls: number;
  readonly columns: readonly string[];
  readonly how: "reads" | "writes" | "select *" | "dynamic";
  /** As recorded, constants replaced; its first 200 characters. */
  readonly statement: string;
  readonly certainty: "grammar" | "text";
}

/** What pg_stat_statements knows; where it cannot be asked, why. "Unknown" is never "none". */
export type Readers =
  | { readonly known: false; readonly reason: string }
  | {
      readonly known: true;
      /** Since when statements are recorded. */
      readonly since: Date;
      /** How often statements were given up for lack of room: then what is missing says nothing. */
      readonly evicted: number;
      /** Statements recorded, of all databases. */
      readonly seen: number;
      /** Most frequent first. */
      readonly readers: readonly Reader[];
    };

interface Recorded {
  readonly role: string | null;
  readonly calls: number;
  readonly query: string | null;
}

/** Who reads or writes the columns, from pg_stat_statements. Runs in the caller's transaction, which an error ends. */
export async function readReaders(sql: ISql, watched: readonly Watched[]): Promise<Readers> {
  const [extension] = await sql<{ schema: string }[]>`
    select n.nspname as schema from pg_catalog.pg_extension as e join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements'`;
  if (extension === undefined) return { known: false, reason: "pg_stat_statements is not installed" };
  const statements = sql(`${extension.schema}.pg_stat_statements`);
  const info = sql(`${extension.schema}.pg_stat_statements_info`);
  const [window] = await sql<{ since: Date; evicted: number; seen: number; hidden: number }[]>`
    select i.stats_reset as since, i.dealloc::double precision as evicted, s.seen, s.hidden
    from ${info} as i
    cross join (select count(*)::integer as seen,
                       (count(*) filter (where s.dbid = d.oid and coalesce(s.query, '') in ('', '<insufficient privilege>')))::integer as hidden
                from ${statements} as s
                cross join (select oid from pg_catalog.pg_database where datname = current_database()) as d) as s`;
  if (window === undefined) return { known: false, reason: "pg_stat_statements cannot be read" };
  if (window.hidden > 0) {
    return { known: false, reason: `${window.hidden} statements cannot be seen by this role (pg_read_all_stats)` };
  }
  const tables = anyOf(watched.flatMap(({ relations }) => relations.map(({ name }) => name)));
  const columns = anyOf(watched.flatMap((each) => each.columns));
  const candidates = await sql<Recorded[]>`
    select r.rolname as role, s.calls::double precision as calls, s.query
    from ${statements} as s left join pg_catalog.pg_roles as r on r.oid = s.userid
    where s.dbid = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
      and s.query ~* ${`(^|[^a-z0-9_])${tables}`} and s.query !~ '(^|[^a-z0-9_])ssot[.]'
      and (s.query ~* ${`(^|[^a-z0-9_])${columns}($|[^a-z0-9_])`} or strpos(s.query, '*') > 0)
      and s.query !~* '^[[:space:]]*(alter|comment|create|drop|copy|explain|do)[[:space:]]'
    order by s.calls desc, s.query`;
  const readers: Reader[] = [];
  for (const candidate of candidates) {
    const found = await Promise.all(watched.map((each) => mentionsIn(candidate.query ?? "", each)));
    readers.push(...readersIn(candidate, found.flat()));
  }
  const { since, evicted, seen } = window;
  return { known: true, since, evicted, seen, readers };
}

const worst = ["writes", "reads", "dynamic", "select *"] as const;

/** One reader a statement, by the worst that it does to a column: whole rows count where nothing else is named. */
function readersIn({ role, calls, query }: Recorded, mentions: readonly Mention[]): readonly Reader[] {
  const how = worst.find((kind) => mentions.some((mention) => mention.how === kind));
  if (how === undefined) return [];
  const own = mentions.filter((mention) => (how === "select *" ? true : mention.how !== "select *"));
  return [
    {
      role,
      calls,
      columns: [...new Set(own.map(({ column }) => column))].toSorted(),
      how,
      statement: (query ?? "").replace(/\s+/g, " ").trim().slice(0, 200),
      certainty: own.some(({ certainty }) => certainty === "grammar") ? "grammar" : "text",
    },
  ];
}
