import type { Sql } from "postgres";
import type { Mention } from "../../names/mention.ts";
import { listDeprecatedColumns, watchedOf } from "./deprecated-columns.ts";
import { type Body, listFirstBodies } from "./first-engine.ts";

/**
 * What the bodies that PostgreSQL does not track name by its own grammar, of the columns that a migration deprecated: the
 * verdicts which `ssot.phase3_blockers` and `ssot.phase3_dependents` believe for as long as a body is the one that was read.
 */
export async function judgeBodies(sql: Sql, migration: string): Promise<Readonly<Record<string, object>>> {
  const bodies = await listBodies(sql, migration);
  const columns = bodies.length === 0 ? [] : await listDeprecatedColumns(sql);
  const watched = watchedOf(columns.filter((column) => column.migration === migration));
  if (watched.length === 0) return {};
  // Most databases have none to read, and the reader is large.
  const { mentionsIn } = await import("../../names/mentions-in.ts");
  const verdicts = await Promise.all(
    bodies.map(async ({ key, definition, fires, relations, functions, fingerprint }) => {
      const found = watched.map((each) => mentionsIn(definition, each, { relations, functions, fires }));
      return [key, { fingerprint, mentions: inSentences((await Promise.all(found)).flat()) }] as const;
    }),
  );
  return Object.fromEntries(verdicts);
}

async function listBodies(sql: Sql, migration: string): Promise<readonly Body[]> {
  const [gate] = await sql<{ present: boolean; first: boolean }[]>`
    select to_regprocedure('ssot.phase3_bodies(text)') is not null as present,
           to_regprocedure('ssot.phase3_bodies()') is not null as first`;
  if (!gate?.present) return gate?.first ? listFirstBodies(sql) : [];
  return sql<Body[]>`
    select b.key, b.definition, b.fires, b.relations, b.functions, b.fingerprint
    from ssot.phase3_bodies(${migration}) as b order by b.key`;
}

/** One sentence a column; whole rows are not among them: a body that takes those goes on without the column. */
function inSentences(mentions: readonly Mention[]): readonly object[] {
  const named = mentions.filter(({ how }) => how !== "select *");
  return [...new Set(named.map(({ column }) => column))].map((column) => {
    const own = named.filter((mention) => mention.column === column);
    const lines = [...new Set(own.map(({ line }) => line))];
    const certain = own.some(({ certainty }) => certainty === "grammar");
    const where = `in line${lines.length === 1 ? "" : "s"} ${lines.join(", ")}`;
    return {
      column,
      detail: `names ${column} ${where}${certain ? "" : ", as far as its words tell"}`,
      certainty: certain ? "grammar" : "text",
    };
  });
}
