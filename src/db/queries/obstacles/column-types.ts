import { missionColumns } from "../../../model/mission.ts";
import type { ListObstacles } from "./obstacle.ts";

const uuids = ["organizations.id", "contacts.id", "contacts.org_id", "calls.id", "calls.org_id", "calls.contact_id"];
// What is read by patterns, and what is written.
const texts = ["contacts.name", "contacts.phone", "calls.phone_number", "calls.vapi_call_id"];
const callTexts = Object.values(missionColumns).map((name) => `calls.${name}`);
const moments = ["contacts.created_at", "calls.created_at"];
const written = ["contacts.name", "contacts.phone", "calls.contact_id", "calls.phone_number", ...callTexts];
/** A plus and fifteen digits. */
const longestNumber = 16;

/** Columns whose type a run cannot work with, and columns that only PostgreSQL writes. A domain over text is a text. */
export const listUnfitTypes: ListObstacles = (sql) => sql`
  with recursive column_of as (
    select format('%s.%s', c.relname, a.attname) as name, format('public.%I.%I', c.relname, a.attname) as full_name,
           format('alter table public.%I alter column %I', c.relname, a.attname) as alter_it,
           format_type(a.atttypid, a.atttypmod) as type, a.atttypid as base, a.atttypmod as typmod, a.attgenerated as generated,
           a.attcollation as collation
    from pg_catalog.pg_class as c join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'), to_regclass('public.organizations'))
    union all
    select d.name, d.full_name, d.alter_it, d.type, t.typbasetype, t.typtypmod, d.generated, d.collation
    from column_of as d join pg_catalog.pg_type as t on t.oid = d.base and t.typtype = 'd'
  ), found as (
    select d.*, t.typname, case when t.typname = 'varchar' and d.typmod > 4 then d.typmod - 4 end as most
    from column_of as d join pg_catalog.pg_type as t on t.oid = d.base and t.typtype <> 'd'
  )
  select format('%s is %s, expected uuid', f.full_name, f.type) as what, 'ssot keeps and compares ids as uuid: give the tables such ids first' as remedy
  from found as f where f.name = any (${uuids}::text[]) and f.type <> 'uuid'
  union all
  select format('%s is %s, expected text', f.full_name, f.type),
         format('%s type text', f.alter_it) || case when f.typname = 'bpchar' then format(' using rtrim(%I)', split_part(f.name, '.', 2)) else '' end
  from found as f
  where f.name = any (${[...texts, ...callTexts]}::text[]) and f.typname not in ('text', 'varchar', 'citext')
     or f.name = 'contacts.source' and f.typname not in ('text', 'varchar', 'citext', 'bpchar')
  union all
  select format('%s is %s, too short for a number in E.164', f.full_name, f.type)
           || case when f.name = 'contacts.name' then ', by which a contact is called that has no name' else '' end,
         format('%s type text', f.alter_it)
  from found as f where f.name in ('contacts.name', 'contacts.phone', 'calls.phone_number') and f.most < ${longestNumber}
  union all
  select format('%s has a collation that calls different texts equal, and takes no pattern', f.full_name),
         format('%s type %s collate "default"', f.alter_it, f.type)
  from found as f join pg_catalog.pg_collation as l on l.oid = f.collation and not l.collisdeterministic
  where f.name = any (${[...texts, ...callTexts]}::text[])
  union all
  -- The rule on names and the view compare the three, and PostgreSQL takes the side of no collation.
  select format('%s have collations of their own that differ', string_agg(f.full_name, ' and ' order by f.full_name)),
         'give them one, by: alter column NAME type text collate "default"'
  from found as f join pg_catalog.pg_collation as l on l.oid = f.collation and l.collname <> 'default'
  where f.name in ('contacts.name', 'contacts.phone', 'calls.phone_number')
  having count(distinct f.collation) > 1
  union all
  select format('%s is %s, expected timestamptz', f.full_name, f.type), 'give it a type that says when'
  from found as f where f.name = any (${moments}::text[]) and f.base not in ('timestamptz'::regtype, 'timestamp'::regtype)
  union all
  select format('%s is %s, expected text, or an enum with the values inbound and outbound', f.full_name, f.type), format('%s type text', f.alter_it)
  from found as f
  where f.name = 'calls.call_direction' and f.typname not in ('text', 'varchar', 'citext', 'bpchar')
    and (select count(*) from pg_catalog.pg_enum as e where e.enumtypid = f.base and e.enumlabel in ('inbound', 'outbound')) < 2
  union all
  select format('%s is generated, and a run has to write it', f.full_name), format('%s drop expression', f.alter_it)
  from found as f where f.name = any (${written}::text[]) and f.generated = 's'
  union all
  select format('%s is generated, and a run has to write it', f.full_name), 'replace it by a column that can be written'
  from found as f where f.name = any (${written}::text[]) and f.generated not in ('', 's')
  order by what`;
