-- The deprecated columns. Since when a column is one stands in the ledger: when its migration was applied.
create table if not exists ssot.deprecated_column (
  relation      text not null,                        -- schema.table, as regclass prints it under an empty search path
  column_name   text not null,
  place         smallint not null,                    -- among the columns of its migration
  migration     text not null,
  reason        text not null,
  replacement   text,                                 -- what to use instead
  owner         text,                                 -- whom to ask
  not_before    timestamptz,                          -- the drop's earliest date, where one was given
  quiet         interval not null default '1 month',  -- how long nobody may have written it before the drop
  trigger_name  text not null,                        -- the trigger that sees statements which name it
  trigger_base  text not null,                        -- what the names of the migration's triggers begin with
  function_name text not null,                        -- what they execute
  traced_in     text not null,                        -- a sequence: see ssot.trace_write
  row_key       text[],                               -- by which columns a row is named in the audit; null: the table has no key
  plain_key     boolean not null default false,       -- its values are the same texts whatever a session is set to
  has_org       boolean not null default false,       -- rows have an org_id (uuid)
  accepts_loss  boolean not null default false,       -- the values may be lost, where the table has no key
  primary key (relation, column_name)
);
