import type { Layout } from "./layout.ts";

function refused(says: string): { readonly code: string; readonly says: string } {
  return { code: "PREFLIGHT", says };
}

/** What a role that has the least that suffices may and may not do. */
export const roleLayouts: readonly Layout[] = [
  { what: "a role with the least that suffices", byMigrator: true, sql: "", right: "works" },
  {
    what: "nobody may make temporary tables, and a rule has one of our names",
    always: true,
    byMigrator: true,
    sql: `alter table contacts add constraint contacts_phone_must_be_e164 check (phone is not null);
      revoke temporary on database {database} from public`,
    right: "works",
  },
  {
    what: "a table that references contacts lies in a closed schema",
    always: true,
    byMigrator: true,
    sql: `create schema crm; create table crm.deals (id integer primary key, contact_id uuid references public.contacts (id));
      insert into crm.deals values (1, '00000000-0000-0000-0001-000000000002')`,
    right: refused("may not use schema crm, in which lies crm.deals"),
  },
  {
    what: "a table that references contacts lies in a schema that is open",
    byMigrator: true,
    sql: `create schema crm; create table crm.deals (id integer primary key, contact_id uuid references public.contacts (id));
      insert into crm.deals values (1, '00000000-0000-0000-0001-000000000002'); grant usage on schema crm to {role}`,
    right: "works",
  },
  {
    what: "the type of a column lies in a closed schema",
    byMigrator: true,
    sql: `create schema app; create type app.state as enum ('hot', 'warm', 'cold');
      alter table contacts drop constraint contacts_lead_status_check, alter lead_status type app.state using lead_status::app.state`,
    right: refused("may not use schema app, in which lies app.state"),
  },
  {
    what: "an index on a column that will be dropped is made of things in a closed schema",
    byMigrator: true,
    sql: `create schema tools; create function tools.squeezed(text) returns text language sql immutable as $$ select replace($1, ' ', '') $$;
      create index on calls (tools.squeezed(from_number))`,
    right: refused("may not use schema tools, in which lies tools.squeezed("),
  },
  {
    what: "a policy hides the rows of a table that references contacts",
    byMigrator: true,
    sql: `create table deals (id integer primary key, contact_id uuid references contacts (id)); 
      alter table deals enable row level security; create policy everybody on deals using (true)`,
    right: refused("row level security hides rows of"),
  },
];
