-- Audited writes to deprecated columns of any table; of public.calls only where migration 4 made no audit of its own: see ssot.audit_of.
create table if not exists ssot.column_audit (
  id               uuid primary key default gen_random_uuid(),
  relation         text not null,
  column_name      text not null,
  row_key          jsonb,                -- see ssot.key_of; null: no single row, or it was deleted
  org_id           uuid,
  old_value        text,
  new_value        text,
  detected_at      timestamptz not null default now(),
  operation        text not null,        -- INSERT or UPDATE
  seen             text not null,        -- by name, by value, by text, summary
  role_name        text not null,
  application_name text,
  statement        text,                 -- its first 500 characters
  stated_at        timestamptz default statement_timestamp()
);
comment on table ssot.column_audit is
  'personal data: who still writes deprecated columns, and what. Rows are kept 30 days or one calendar month, whichever is longer.';
create index if not exists column_audit_row_key on ssot.column_audit using hash (row_key);
create index if not exists column_audit_relation on ssot.column_audit (relation) where row_key is not null;
create index if not exists column_audit_detected_at on ssot.column_audit (detected_at);
