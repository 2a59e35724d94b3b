import type { ISql } from "postgres";
import type { Mention, Surroundings, Watched } from "../../names/mention.ts";
import { keepsReaders } from "./readers.ts";

/** What `ssot.recorded_statements` gives: what the counters stand on, and the statements that may touch the columns. */
export interface Looked {
  readonly problem: string | null;
  readonly system_id: string | null;
  readonly relations: readonly string[];
  readonly functions: readonly string[];
  readonly views: readonly string[];
  readonly statements: readonly RecordedStatement[];
}

interface RecordedStatement {
  readonly fingerprint: string;
  /** As it was recorded, to be read and never to be kept; null where the grammar has read one of this fingerprint before. */
  readonly query: string | null;
}

interface StatementVerdict {
  readonly how: Mention["how"] | "nothing";
  readonly columns: readonly string[];
  readonly certainty: Mention["certainty"];
  readonly through: string | null;
}

/** What the counters of a server say of the statements that may touch what a migration deprecated; undefined: its engine keeps no readers. */
export async function lookAtStatements(sql: ISql, migration: string): Promise<Looked | undefined> {
  if (!(await keepsReaders(sql))) return undefined;
  const [row] = await sql<{ looked: string }[]>`select ssot.recorded_statements(${migration}, true)::text as looked`;
  const looked: Looked = JSON.parse(row?.looked ?? '{"statements": []}');
  return looked;
}

/** What the grammar says of the statements that it has not read yet, by the keys under which `ssot.reader_state` takes it. */
export async function judgeStatements(
  { relations, functions, views, statements }: Looked,
  watched: readonly Watched[],
): Promise<Readonly<Record<string, StatementVerdict>>> {
  const unread = new Map(
    statements.flatMap(({ fingerprint, query }) => (query === null ? [] : [[fingerprint, query]])),
  );
  if (unread.size === 0) return {};
  // Large, and of no use where nothing is recorded.
  const { mentionsInRecorded } = await import("../../names/mentions-in.ts");
  const around: Surroundings = { relations, functions, views };
  const verdicts: Record<string, StatementVerdict> = {};
  for (const [fingerprint, query] of unread) {
    const found = await Promise.all(watched.map((each) => mentionsInRecorded(query, each, around)));
    // What the grammar does not take counts by its words.
    if (found.includes(undefined)) continue;
    verdicts[`statement ${fingerprint}`] = verdictOf(
      found.flatMap((mentions) => mentions ?? []),
      query,
      views,
    );
  }
  return verdicts;
}

/** The same without texts, as it may be kept. */
export function withoutTexts(looked: Looked): Looked {
  return { ...looked, statements: looked.statements.map((statement) => ({ ...statement, query: null })) };
}

const named: readonly Mention["how"][] = ["returning", "copy", "reads"];
const worst: readonly Mention["how"][] = [...named, "view", "dynamic", "select *", "writes"];

/** By the worst that it does to a column: what names it counts before what takes it along. */
function verdictOf(mentions: readonly Mention[], query: string, views: readonly string[]): StatementVerdict {
  const how = worst.find((kind) => mentions.some((mention) => mention.how === kind));
  if (how === undefined) return { how: "nothing", columns: [], certainty: "grammar", through: null };
  const own = mentions.filter((mention) => (named.includes(how) ? named.includes(mention.how) : mention.how === how));
  const through = views.find((view) => query.toLowerCase().includes((view.split(".").at(-1) ?? view).toLowerCase()));
  return {
    how,
    columns: [...new Set(own.map(({ column }) => column))].toSorted(),
    certainty: own.some(({ certainty }) => certainty === "grammar") ? "grammar" : "text",
    through: how === "view" ? (through ?? null) : null,
  };
}
