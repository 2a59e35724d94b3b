import type postgres from "postgres";
import { type Snapshotter, tableContents } from "./snapshot-data.ts";
import { relationKinds } from "./snapshot-relations.ts";
import { schemaKinds } from "./snapshot-schema.ts";

export interface SnapshotOptions {
  /** Schemas left out with all they hold. */
  readonly ignoreSchemas?: readonly string[];
}

/**
 * Schema and data of a database as text, one line an object or row: equal texts mean equal databases. Made from the
 * catalogs; holds no oids, no physical order, and columns by name (a re-added column comes last). Large objects, roles
 * and other things of the whole cluster are not in it. Reads in one snapshot and changes nothing.
 */
export async function snapshotDatabase(sql: postgres.Sql, options: SnapshotOptions = {}): Promise<string> {
  const lines: string[] = [];
  await sql.begin("isolation level repeatable read read only", async (tx) => {
    // Names come out qualified, values in one form.
    await tx`
      select set_config(name, value, true)
      from (values ('search_path', ''), ('timezone', 'UTC'), ('datestyle', 'ISO, YMD'), ('intervalstyle', 'postgres'),
        ('extra_float_digits', '1'), ('bytea_output', 'hex'), ('row_security', 'off'), ('jit', 'off')) as setting (name, value)
      order by name`;
    const snapshotter: Snapshotter = { sql: tx, ignored: [...(options.ignoreSchemas ?? [])] };
    for (const [kind, list] of Object.entries({ ...schemaKinds, ...relationKinds })) {
      for (const row of await list(snapshotter)) lines.push(`${kind} ${JSON.stringify(row)}`);
    }
    for await (const line of tableContents(snapshotter)) lines.push(line);
  });
  return `${lines.join("\n")}\n`;
}
