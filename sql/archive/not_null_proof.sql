-- The name of a CHECK that stands for NOT NULL until the swap.
create or replace function ssot.not_null_proof(col text) returns text
language sql immutable as $$
  select 'ssot_not_null_' || left(md5(col), 8);
$$;
