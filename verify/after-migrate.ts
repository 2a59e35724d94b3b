import { z } from "zod";
import { defineCheck } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { migrationNames } from "../src/checks/migration-names.ts";

/** What `ssot migrate` asks of its own links. `ssot verify` asks of all links (`integrity.tenant-links`). */
export const backfilledLinks = defineCheck({
  id: "backfilled-links",
  claim: "no link of the backfill leaves its organisation",
  hint: "ssot rollback takes the links back",
  after: migrationNames.backfill,
  postcondition: true,
  row: z.object({ id: z.guid() }),
  population: sql`select coalesce(sum(t.done), 0) as population from ssot.task as t where t.task = 'calls.contact_id'`,
  // By the call's id alone: a contact's calls may be most of the table.
  sql: ({ version }) => sql`
    select c.id
    from (
      select c.id, c.org_id, c.contact_id
      from ${version === 1 ? sql`ssot.journal_calls_contact_id` : sql`ssot.journal`} as j
      join public.calls as c on c.id = j.id
      where c.contact_id::text = j.new::text ${version === 1 ? sql`` : sql`and j.task = 'calls.contact_id'`}
      offset 0
    ) as c
    join public.contacts as k on k.id = c.contact_id
    where k.org_id <> c.org_id
    order by c.id limit 1000`,
});
