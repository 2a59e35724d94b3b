-- Rows a batch, where the session says so (set ssot.batch_size); null: steered by the time a batch takes.
create or replace function ssot.batch_size() returns integer
language sql stable as $$
  select case when s.said ~ '^[1-9][0-9]{0,6}$' then s.said::integer end from (select current_setting('ssot.batch_size', true) as said) as s;
$$;
