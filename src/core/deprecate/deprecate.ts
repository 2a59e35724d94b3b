import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { type Connection, connect } from "../../db/connection.ts";
import { refuseOldServer } from "../../db/preflight.ts";
import {
  findDeprecated,
  findTable,
  type InTheWay,
  listInTheWay,
  type NamedTable,
  readColumns,
} from "../../db/queries/deprecable-columns.ts";
import type { Target } from "../../db/target.ts";
import { listDeprecated } from "../../migrations/deprecations.ts";
import { loadMigrations } from "../../migrations/load-migrations.ts";
import { listLines, SsotError } from "../../model/errors.ts";
import type { Migration } from "../../model/migration.ts";
import { migrationNames } from "../../model/mission.ts";
import { quoteName, readColumnList } from "./column-list.ts";
import { nameFiles } from "./file-names.ts";
import { type Deprecation, writeDrop, writeMark } from "./story-text.ts";

export interface DeprecateOptions
  extends Pick<Deprecation, "reason" | "replacedBy" | "owner" | "quiet" | "notBefore" | "allow" | "acceptsLoss"> {
  readonly target: Target;
  /** `TABLE.COLUMN`, as SQL writes names. */
  readonly names: readonly string[];
  /** Expressions over the row `t`, by column; under the empty name that of the only column. */
  readonly derive: Readonly<Record<string, string>>;
  /** The files that there are already. */
  readonly story: readonly string[];
  /** Where the new ones go, absolute. */
  readonly into: string;
  /** A configuration to write as well, absolute: it names `into` as the folder of migrations. */
  readonly newConfiguration: string | undefined;
  readonly now: Date;
}

export interface DeprecateReport {
  readonly command: "deprecate";
  /** `public.pages`. */
  readonly table: string;
  readonly columns: readonly string[];
  /** What was written, absolute: the mark, then the drop. */
  readonly files: readonly string[];
  /** The configuration that was written, absolute. */
  readonly configuration: string | null;
  /** What would keep the drop from running as things stand. */
  readonly inTheWay: readonly InTheWay[];
}

/**
 * Writes the two story files of a deprecation. Reads the database, to refuse what cannot work, and changes none. Throws USAGE for names
 * that cannot be read, PREFLIGHT with every reason why a column cannot be deprecated; then nothing was written.
 */
export async function deprecate(options: DeprecateOptions): Promise<DeprecateReport> {
  const named = readColumnList(options.names);
  const taken = await loadMigrations([...new Set([...options.story, options.into])].filter(existsSync));
  const connection = await connect(options.target, { onlyReads: true });
  try {
    refuseOldServer(connection);
    await connection.execute("begin isolation level repeatable read, read only");
    const { sql } = connection;
    const table = await fitTable(connection, named.table);
    const { relation } = table;
    const problems = new Set([
      ...listPending(taken, relation, named.columns),
      ...(await listProblems(connection, table, named.columns, options)),
    ]);
    if (problems.size > 0) {
      throw new SsotError("PREFLIGHT", `${relation} cannot be deprecated like that:${listLines([...problems])}`, {
        hint: "Nothing was written, and no database was changed.",
      });
    }
    const [view] = await sql<{ shown: boolean }[]>`
      select to_regclass(${relation}) = to_regclass('public.calls') and to_regclass('public.calls_with_caller_names') is not null as shown`;
    const files = nameFiles(
      { schema: table.schema, table: table.name, columns: named.columns },
      taken.map(({ name }) => name),
      options.now,
    );
    const deprecation: Deprecation = {
      ...options,
      ...files,
      relation,
      columns: named.columns,
      derive: deriveOf(named.columns, options.derive),
      hasView: view?.shown === true,
    };
    const inTheWay = await listInTheWay(sql, table, named.columns);
    const lost = table.key === null && !options.acceptsLoss ? named.columns : [];
    return {
      command: "deprecate",
      table: relation,
      columns: named.columns,
      ...(await write(options, await knowsPack(sql), [
        [files.mark, writeMark(deprecation)],
        [files.drop, writeDrop(deprecation)],
      ])),
      inTheWay: [
        ...inTheWay.filter(
          ({ kind, name }) => !(deprecation.hasView && kind === "view" && name === "public.calls_with_caller_names"),
        ),
        ...lost.map((column) => ({ kind: "table without a key", name: relation, column })),
      ],
    };
  } finally {
    await connection.close();
  }
}

async function fitTable({ sql }: Connection, name: string): Promise<NamedTable> {
  const table = await findTable(sql, name);
  if (table === undefined) {
    throw new SsotError("PREFLIGHT", `there is no table ${name.replaceAll('"', "")}`, {
      hint: "Is it the right database? Names are read as SQL reads them. Nothing was written.",
    });
  }
  if (table.unfit === null) return table;
  throw new SsotError("PREFLIGHT", `no column of ${table.relation} can be deprecated: ${table.unfit}`, {
    hint: "Nothing was written.",
  });
}

function deriveOf(columns: readonly string[], said: DeprecateOptions["derive"]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(said).map(([column, text]) => [column === "" ? (columns[0] ?? "") : column, text]),
  );
}

/** Columns that a file at hand marks already, applied or not. */
function listPending(taken: readonly Migration[], relation: string, columns: readonly string[]): readonly string[] {
  return columns.flatMap((column) => {
    const file = taken.find((migration) =>
      listDeprecated([migration]).some((marked) => marked.table === relation && marked.column === column),
    );
    return file === undefined ? [] : [`column ${column}: ${file.name} deprecates it already`];
  });
}

async function listProblems(
  connection: Connection,
  table: NamedTable,
  columns: readonly string[],
  { derive, quiet, acceptsLoss }: DeprecateOptions,
): Promise<readonly string[]> {
  const { sql } = connection;
  const { relation, oid, key } = table;
  const found = await readColumns(sql, oid, columns);
  const problems = found.flatMap(({ name, unfit }) => (unfit === null ? [] : [`column ${name}: ${unfit}`]));
  for (const { name, type } of found) {
    if (type === null) continue;
    const refused = await failureOf(connection, () => sql.unsafe(`select null::${type}`));
    if (refused === undefined) continue;
    problems.push(
      `column ${name}: ${refused}, and it has to be empty for a while. First: alter table ${relation} alter column ${quoteName(name)} type …, to the type below the domain`,
    );
  }
  const already = await findDeprecated(sql, relation, columns);
  if (already !== undefined) problems.push(`column ${already.column}: ${already.migration} deprecates it already`);
  if (quiet !== undefined && !(await isInterval(connection, quiet))) {
    problems.push(`--quiet: expected an interval as PostgreSQL reads it, such as "2 weeks", found: ${quiet}`);
  }
  if ("" in derive && columns.length > 1) problems.push("--derive: of several columns say which: COLUMN=EXPRESSION");
  if (Object.keys(derive).length > 0 && key === null)
    problems.push("--derive: rows of a table without a key cannot be told apart");
  if (acceptsLoss && key !== null) problems.push("--loss accept: nothing is lost, the table has a key");
  if (problems.length > 0) return problems;
  for (const [column, expression] of Object.entries(deriveOf(columns, derive))) {
    const type = found.find(({ name }) => name === column)?.type ?? null;
    if (type === null) {
      problems.push(`--derive: ${column} is none of the columns`);
      continue;
    }
    const asked = () =>
      sql.unsafe(`explain select case when false then null::${type} else (${expression}) end from ${relation} as t`);
    const refused = await failureOf(connection, asked);
    if (refused !== undefined) {
      problems.push(`--derive of ${column}: ${refused} (tables are named with their schema, the row is t)`);
    }
  }
  return problems;
}

/** What the server says against a query; undefined: nothing. What was asked is taken back. */
async function failureOf({ execute }: Connection, asked: () => PromiseLike<unknown>): Promise<string | undefined> {
  await execute("savepoint asked");
  try {
    await asked();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await execute("rollback to savepoint asked; release savepoint asked");
  }
}

async function isInterval(connection: Connection, text: string): Promise<boolean> {
  let isPositive = false;
  const refused = await failureOf(connection, async () => {
    const [row] = await connection.sql<{ positive: boolean }[]>`select ${text}::interval > interval '0' as positive`;
    isPositive = row?.positive ?? false;
  });
  return refused === undefined && isPositive;
}

/** Whether the pack `unknown-caller` was applied here. */
async function knowsPack(sql: Connection["sql"]): Promise<boolean> {
  const [ledger] = await sql<{ present: boolean }[]>`select to_regclass('ssot.ledger') is not null as present`;
  if (!ledger?.present) return false;
  const [row] = await sql<{ known: boolean }[]>`
    select exists (select from ssot.ledger as l where l.name = any (${Object.values(migrationNames)}::text[])) as known`;
  return row?.known ?? false;
}

async function write(
  { into, newConfiguration }: Pick<DeprecateOptions, "into" | "newConfiguration">,
  hasPack: boolean,
  stories: readonly (readonly [name: string, text: string])[],
): Promise<Pick<DeprecateReport, "files" | "configuration">> {
  const files: (readonly [path: string, text: string])[] = stories.map(([name, text]) => [
    join(into, `${name}.sql`),
    text,
  ]);
  if (newConfiguration !== undefined) {
    const migrations = relative(dirname(newConfiguration), into).replaceAll(sep, "/");
    const content = { packs: hasPack ? ["unknown-caller"] : [], migrations };
    files.push([newConfiguration, `${JSON.stringify(content, null, 2)}\n`]);
  }
  const written: string[] = [];
  try {
    await mkdir(into, { recursive: true });
    for (const [path, text] of files) {
      await writeFile(path, text, { flag: "wx" });
      written.push(path);
    }
  } catch (cause) {
    for (const path of written) await rm(path, { force: true });
    throw new SsotError("CONFIGURATION", `the files cannot be written into ${into}; none was left`, { cause });
  }
  return { files: written.slice(0, stories.length), configuration: newConfiguration ?? null };
}
