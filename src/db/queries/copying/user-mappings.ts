import type { Sql } from "postgres";

/** Drops every user mapping: with what it says, code on a copy could reach a foreign server as on the original. Gives how many there were. */
export async function dropUserMappings(sql: Sql): Promise<number> {
  const rows = await sql<{ statement: string }[]>`
    select format('drop user mapping for %s server %I', case m.umuser when 0 then 'public' else quote_ident(m.usename) end, m.srvname) as statement
    from pg_catalog.pg_user_mappings as m order by m.srvname, m.usename`;
  for (const { statement } of rows) await sql.unsafe(statement);
  return rows.length;
}
