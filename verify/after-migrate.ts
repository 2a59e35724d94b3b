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
  sql: ({ version }) => sql`
    select j.id from ${version === 1 ? sql`ssot.journal_calls_contact_id` : sql`ssot.journal`} as j
    join public.calls as c on c.id = j.id and c.contact_id = ${version === 1 ? sql`j.new` : sql`j.new::uuid`}
    join public.contacts as k on k.id = c.contact_id
    where k.org_id <> c.org_id ${version === 1 ? sql`` : sql`and j.task = 'calls.contact_id'`}
    order by j.id limit 1000`,
});
