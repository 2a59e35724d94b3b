import type { Layout } from "./layout.ts";

const held = (says: string): Pick<Layout, "right" | "drop"> => ({ right: "works", drop: { code: "GATE", says } });
const byMonth = (column: string): string => `
  alter table public.calls rename to calls_whole;
  create table public.calls (like public.calls_whole including defaults including comments, primary key (id, created_at)) partition by range (created_at);
  create table public.calls_old partition of public.calls for values from (minvalue) to ('2026-01-05');
  create table public.calls_new partition of public.calls for values from ('2026-01-05') to (maxvalue);
  insert into public.calls select * from public.calls_whole;
  drop table public.calls_whole;
  alter table public.calls add unique (org_id, vapi_call_id, created_at);
  create index by_column on public.calls (${column})`;

/** What hangs on the columns that go: back after the rollback, or the drop refuses it by name. */
export const partLayouts: readonly Layout[] = [
  {
    what: "an index on an old column with a comment, by which the table is clustered",
    always: true,
    sql: `comment on index public.idx_calls_from_number is 'used by old lookup';
      alter table public.calls cluster on idx_calls_from_number`,
    right: "works",
  },
  {
    what: "indexes on old columns with parameters, operator classes and methods of their own",
    sql: `alter index public.idx_calls_from_number set (fillfactor = 70, deduplicate_items = off);
      create index by_name on public.calls (caller_name collate "C" text_pattern_ops desc nulls last) with (fillfactor = 50);
      create index by_hash on public.calls using hash (caller_name);
      create index by_range on public.calls using brin (from_number) with (pages_per_range = 4, autosummarize = on);
      comment on index public.by_hash is 'exact'`,
    right: "works",
  },
  {
    what: "old columns with statistics, storage, compression, options, comments and rights",
    sql: `alter table public.calls alter caller_name set statistics 500, alter caller_name set (n_distinct = -0.5, n_distinct_inherited = 7),
        alter from_number set storage external, alter caller_name set compression pglz;
      comment on column public.calls.from_number is 'the other end';
      grant select (caller_name) on public.calls to {role} with grant option; grant insert (from_number), references (from_number) on public.calls to {role}`,
    right: "works",
  },
  {
    what: "old columns that are required and have defaults",
    sql: `update public.calls set caller_name = coalesce(caller_name, 'x'), from_number = coalesce(from_number, 'y');
      alter table public.calls alter caller_name set default 'nobody', alter caller_name set not null,
        alter from_number set default concat('none', ' ', current_user), alter from_number set not null`,
    right: "works",
  },
  {
    what: "a partition whose old columns differ from its table's",
    sql: `${byMonth("caller_name")};
      alter table public.calls alter caller_name set statistics 300;
      alter table public.calls_new alter caller_name set statistics 40, alter caller_name set (n_distinct = 9);
      alter table public.calls_old alter from_number set default 'old', alter from_number set storage external;
      comment on column public.calls_old.caller_name is 'of old'; grant select (caller_name) on public.calls_old to {role};
      comment on index public.by_column is 'whole'; comment on index public.calls_old_caller_name_idx is 'part';
      alter table public.calls_old cluster on calls_old_caller_name_idx`,
    right: "works",
  },
  {
    what: "extended statistics on old columns",
    sql: "create statistics public.st on caller_name, from_number from public.calls",
    ...held("statistics object public.st"),
  },
  {
    what: "extended statistics on an expression of one",
    sql: "create statistics public.st on lower(caller_name), status from public.calls",
    ...held("statistics object public.st"),
  },
  {
    what: "a unique constraint over an old column",
    sql: "alter table public.calls add constraint once unique (org_id, from_number) deferrable; comment on constraint once on public.calls is 'x'",
    ...held("constraint once on public.calls"),
  },
  {
    what: "a unique index on an old column as replica identity",
    sql: `update public.calls set from_number = id::text; alter table public.calls alter from_number set not null;
      create unique index ident on public.calls (from_number); alter table public.calls replica identity using index ident`,
    ...held("index public.ident"),
  },
  {
    what: "a foreign key from an old column",
    sql: `create table public.lines (number text primary key); insert into public.lines select from_number from public.calls where from_number is not null;
      alter table public.calls add constraint line foreign key (from_number) references public.lines`,
    ...held("constraint line on public.calls"),
  },
  {
    what: "a check of both old columns",
    sql: "alter table public.calls add constraint either check (caller_name is not null or from_number is not null)",
    ...held("constraint either on public.calls"),
  },
  {
    what: "an exclusion constraint over an old column",
    sql: "alter table public.calls add constraint apart exclude using hash (from_number with =)",
    ...held("constraint apart on public.calls"),
  },
  {
    what: "a policy that asks an old column",
    sql: "create policy mine on public.calls using (caller_name is not null)",
    ...held("policy mine on public.calls"),
  },
  {
    what: "an index over an old column and another",
    sql: "create index two on public.calls (org_id, caller_name); comment on index public.two is 'x'",
    ...held("index public.two"),
  },
  {
    what: "an index that carries an old column",
    sql: "create index carries on public.calls (org_id) include (caller_name)",
    ...held("index public.carries"),
  },
  {
    what: "an index on an old column of some rows",
    sql: "create index partly on public.calls (caller_name) where status is null",
    ...held("index public.partly"),
  },
  {
    what: "an index on an old column that a build left invalid",
    sql: `create index broken on public.calls (caller_name);
      update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.broken'::regclass`,
    ...held("index public.broken"),
  },
  {
    what: "a sequence that belongs to an old column",
    sql: "create sequence public.seq owned by public.calls.caller_name",
    ...held("sequence public.seq"),
  },
  {
    what: "a rule that reads an old column",
    sql: "create rule seen as on insert to public.calls do also notify calls; alter table public.calls disable rule seen",
    right: "works",
  },
];
