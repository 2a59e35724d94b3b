import type { OpenMention } from "./find-names.ts";
import type { Spellings } from "./spellings.ts";

/** A way of reading all columns of a table's rows. */
interface WholeRow {
  /** Of the table's group. */
  readonly begins: (table: string) => string;
  readonly inAnyCase?: true;
  /** Follows within the same statement; undefined: what begins it is enough. */
  readonly ends?: RegExp;
  /** What names the columns after all. */
  readonly unless?: RegExp;
  /** The columns are those of a declaration: the statement names each of them. */
  readonly declared?: true;
}

// How far a statement goes on, in characters, when nothing ends it.
const reach = 600;
const quote = "[`'\"]";
const schema = `(?:${quote}?\\w+${quote}?\\.)?`;

const ways: readonly WholeRow[] = [
  // SQL.
  {
    begins: (table) =>
      `\\bselect\\s+(?:distinct\\s+)?(?:\\w+\\.)?\\*[^;]{0,200}?\\b(?:from|join)\\s+${schema}${quote}?${table}\\b`,
    inAnyCase: true,
  },
  {
    begins: (table) => `\\b(?:into|update|from)\\s+(?:only\\s+)?${schema}${quote}?${table}\\b`,
    inAnyCase: true,
    ends: /\breturning\s+(?:\w+\.)?\*/i,
  },
  // supabase-js and Knex.
  {
    begins: (table) => `\\.from\\(\\s*${quote}${schema}${table}${quote}`,
    ends: /\.select\(\s*(?:[`'"]\s*\*[^`'"]*[`'"])?\s*[,)]/,
  },
  {
    begins: (table) => `\\bknex\\(\\s*${quote}${schema}${table}${quote}`,
    ends: /\.(?:first|select)\(\s*(?:[`'"]\*[`'"])?\s*\)|\.returning\(\s*[`'"]\*/,
  },
  // Kysely.
  {
    begins: (table) => `\\.(?:selectFrom|insertInto|updateTable|deleteFrom)\\(\\s*${quote}${schema}${table}\\b`,
    ends: /\.(?:selectAll|returningAll)\(/,
  },
  // Drizzle.
  { begins: (table) => `\\.select\\(\\s*\\)\\s*\\.from\\(\\s*(?:\\w+\\.)?${table}\\b`, declared: true },
  {
    begins: (table) => `\\.(?:insert|update|delete)\\(\\s*(?:\\w+\\.)?${table}\\s*\\)`,
    ends: /\.returning\(\s*\)/,
    declared: true,
  },
  { begins: (table) => `\\.query\\.${table}\\.find(?:Many|First)\\(`, unless: /\bcolumns\s*:/, declared: true },
  // Prisma.
  {
    begins: (table) => `\\b\\w+\\.${table}\\.(?:find(?:Many|First|Unique)(?:OrThrow)?|create|update|upsert|delete)\\(`,
    unless: /\b(?:select|omit|columns)\s*:/,
    declared: true,
  },
  // TypeORM and Sequelize.
  {
    begins: (table) => `\\bgetRepository\\(\\s*(?=[A-Z])${table}\\s*\\)`,
    ends: /\.(?:find\w*|save)\(/,
    unless: /\bselect\s*:/,
    declared: true,
  },
  {
    begins: (table) => `\\b(?=[A-Z])${table}\\.(?:findAll|findOne|findByPk|find|findBy|findOneBy|create|upsert)\\(`,
    unless: /\b(?:attributes|select)\s*:/,
    declared: true,
  },
];

/** The places of a file that read whole rows of a table. */
export function findWholeRows({ table, tableGroup }: Spellings, file: string, text: string): readonly OpenMention[] {
  const found = new Map<number, OpenMention>();
  for (const { begins, inAnyCase, ends, unless, declared } of ways) {
    for (const start of text.matchAll(new RegExp(begins(tableGroup), inAnyCase === true ? "gi" : "g"))) {
      const rest = statementAfter(text, start.index + start[0].length);
      if (ends !== undefined && !ends.test(rest)) continue;
      if (unless?.test(rest) === true) continue;
      const line = text.slice(0, start.index).split("\n").length;
      const certainty = declared === true ? "as declared" : "possible";
      const [own = ""] = text.slice(text.lastIndexOf("\n", start.index) + 1).split("\n", 1);
      found.set(line, { table, column: "*", file, line, use: "whole row", certainty, text: own.trim().slice(0, 120) });
    }
  }
  return [...found.values()];
}

function statementAfter(text: string, from: number): string {
  const rest = text.slice(from, from + reach);
  const end = rest.search(/;|\n\s*\n/);
  return end < 0 ? rest : rest.slice(0, end);
}
