-- Columns of contacts that say whether a contact lives, or that a person does not want to be called: by name and type, or by
-- a word in the column's comment, such as [ssot: dead].
--   dead     the contact is gone where it is true, or has a time
--   alive    the contact is gone where it is false
--   opt-out  of two, true wins, and the earlier time
--   consent  of two, false wins
-- "fits" is false where the column's type is neither boolean nor a time: then nothing is read from it.
create or replace view ssot.contact_role as
select r.col, r.role, r.is_boolean,
       case when r.role in ('dead', 'opt-out') then r.is_boolean or r.is_time else r.is_boolean end as fits
from (
  select a.attname as col,
         coalesce(
           substring(col_description(a.attrelid, a.attnum) from '[[]ssot: (dead|alive|opt-out|consent|plain)[]]'),
           case
             when n.name ~ '^(is)?(deleted|archived|disabled)(at|on)?$' then 'dead'
             when n.name ~ '^(is)?active$' then 'alive'
             when n.name ~ '^(is|has)?(sms|text|email|mail|call|phone|marketing)?(unsubscribed|optedout|optout|donot(call|contact|text|sms|email|mail|disturb)|dnc)(at|on)?$' then 'opt-out'
             when n.name ~ '^(is|has)?(sms|text|email|mail|call|phone|marketing|gdpr)?(consent|consented|optedin|optin)(given)?$' then 'consent'
           end) as role,
         t.oid = 'boolean'::regtype as is_boolean,
         t.oid in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype) as is_time
  from pg_catalog.pg_attribute as a
  cross join lateral (select lower(replace(a.attname::text collate "C", '_', '')) as name) as n
  join pg_catalog.pg_type as d on d.oid = a.atttypid
  join pg_catalog.pg_type as t on t.oid = coalesce(nullif(d.typbasetype, 0), d.oid)
  where a.attrelid = to_regclass('public.contacts') and a.attnum > 0 and not a.attisdropped
) as r
where r.role <> 'plain';
