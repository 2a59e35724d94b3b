import type { Sql } from "postgres";
import type { Mention } from "../../names/mention.ts";

interface Body {
  readonly key: string;
  readonly definition: string;
  readonly fires: boolean;
  readonly relations: readonly string[];
  readonly functions: readonly string[];
  readonly fingerprint: string;
}

/**
 * What the bodies that PostgreSQL does not track name by its own grammar: the text for the setting
 * `ssot.analysed_bodies`, which `ssot.phase3_blockers()` and `ssot.phase3_dependents()` believe for as long as a body is
 * the one that was read.
 */
export async function analyseBodies(sql: Sql): Promise<string> {
  const bodies = await sql<Body[]>`
    select b.key, b.definition, b.fires_on_calls as fires, b.relations, b.functions, b.fingerprint
    from ssot.phase3_bodies() as b order by b.key`;
  if (bodies.length === 0) return "{}";
  // Most databases have none to read, and the reader is large.
  const { mentionsIn } = await import("../../names/mentions-in.ts");
  const verdicts = await Promise.all(
    bodies.map(async ({ key, definition, fires, relations, functions, fingerprint }) => {
      const mentions = await mentionsIn(definition, { relations, functions, firesOnCalls: fires });
      return [key, { fingerprint, mentions: inSentences(mentions) }] as const;
    }),
  );
  return JSON.stringify(Object.fromEntries(verdicts));
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
