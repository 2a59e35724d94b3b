import type { Connection } from "../../db/connection.ts";
import {
  forgetOriginal,
  keepOriginal,
  type Original,
  readOriginal,
  type Stage,
} from "../../db/queries/rehearsal/original.ts";
import type { SchemaFact } from "../../db/queries/schema-facts/fact.ts";
import { listSchemaFacts } from "../../db/queries/schema-facts/list-schema-facts.ts";
import { listTables, type TableToRead } from "../../db/queries/table-contents/list-tables.ts";
import { listStampingTriggers } from "../../db/queries/table-contents/stamping-triggers.ts";
import { keepRows, readTableFacts, type TableFacts } from "../../db/queries/table-contents/table-facts.ts";
import { compareFacts, compareRows, type Difference } from "./compare.ts";
import { findStamps, type Stamp } from "./stamps.ts";

/** One way back, and what it did not bring back. */
export interface Comparison {
  readonly stage: Stage;
  readonly tables: number;
  readonly rows: number;
  readonly differences: readonly Difference[];
  /** Tables whose rows nobody compared, each with its reason. */
  readonly notCompared: readonly string[];
  /** Columns that triggers of others stamp, and whose values are others: no difference, and not as they were. */
  readonly stamped: readonly Stamp[];
}

/** Keeps what the copy is now, before something that is taken back later. */
export async function takeOriginal(looker: Connection, stage: Stage, applied: readonly string[]): Promise<void> {
  const { sql } = looker;
  await looker.inTransaction(async () => {
    await forgetOriginal(sql, stage);
    const { facts, contents } = await look(looker);
    for (const { table } of contents) await keepRows(sql, stage, table);
    await keepOriginal(sql, { stage, applied, facts, tables: contents.map((content) => content.facts) });
  });
}

/** Compares the copy with what it was, which has been kept. */
export async function compareWithOriginal(looker: Connection, stage: Stage): Promise<Comparison> {
  return looker.inTransaction(async () => {
    const original = await readOriginal(looker.sql, stage);
    // The same columns, whatever became of the triggers.
    const were = new Map(original.tables.map(({ name, stamped }) => [name, stamped]));
    const { facts, contents, notCompared, stamps } = await look(looker, were);
    const differences = [
      ...compareFacts(original.facts, facts),
      ...(await compareRows(looker.sql, stage, original.tables, contents)),
    ];
    const rows = contents.reduce((sum, content) => sum + content.facts.rows, 0);
    return {
      stage,
      tables: contents.length,
      rows,
      differences,
      notCompared,
      stamped: listStamped(original, contents, stamps),
    };
  });
}

interface Look {
  readonly facts: readonly SchemaFact[];
  readonly contents: readonly { readonly table: TableToRead; readonly facts: TableFacts }[];
  readonly notCompared: readonly string[];
  readonly stamps: readonly Stamp[];
}

async function look(
  { sql, execute }: Connection,
  were: ReadonlyMap<string, readonly string[]> = new Map(),
): Promise<Look> {
  await execute("set local row_security = off");
  const facts = await listSchemaFacts(sql);
  const stamps = findStamps(await listStampingTriggers(sql));
  const tables = await listTables(sql);
  const contents: { readonly table: TableToRead; readonly facts: TableFacts }[] = [];
  for (const found of tables.filter(({ bar }) => bar === null)) {
    const own = stamps.filter(({ table }) => table === found.name).map(({ column }) => column);
    const table = { ...found, stamped: were.get(found.name) ?? own };
    contents.push({ table, facts: await readTableFacts(sql, table) });
  }
  const notCompared = tables.flatMap(({ name, bar }) => (bar === null ? [] : [`${name}: ${bar}`]));
  return { facts, contents, notCompared, stamps };
}

function listStamped(
  { tables }: Pick<Original, "tables">,
  contents: Look["contents"],
  stamps: readonly Stamp[],
): readonly Stamp[] {
  const were = new Map(tables.map((facts) => [facts.name, facts]));
  return contents.flatMap(({ facts: { name, columns, stamped } }) =>
    stamped
      .filter((column) => were.get(name)?.columns[column] !== columns[column])
      .map((column) => ({
        table: name,
        column,
        trigger: stamps.find((stamp) => stamp.table === name && stamp.column === column)?.trigger ?? "one that is gone",
      })),
  );
}
