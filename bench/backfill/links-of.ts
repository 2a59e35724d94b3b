import type { BenchServer } from "../support/server.ts";

/** How many calls are linked, and a sum over which call is linked to which contact: two ways must end in the same. */
export async function linksOf(
  server: BenchServer,
  database: string,
  direction: "inbound" | "any" = "any",
): Promise<string> {
  const sql = server.open(database);
  const [row] = await sql<{ links: string }[]>`
    select count(*) || ' links, sum ' || coalesce(sum(hashtextextended(c.id::text || c.contact_id, 0)), 0) as links
    from public.calls as c where c.contact_id is not null and ${direction} in ('any', c.call_direction)`;
  await sql.end();
  return row?.links ?? "";
}

export function expectEqual(what: string, ours: string, theirs: string): void {
  if (ours !== theirs) throw new Error(`${what}: ours has ${ours}, the other has ${theirs}`);
}
