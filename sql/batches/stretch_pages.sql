-- In which order rows of a large table are changed: from one stretch of the table to the next, so that VACUUM can clear behind
-- the change, and inside one such that most updates are heap-only. (In the order of the table none is: a page is full until
-- its own batch is committed and its dead rows can be pruned.) A stretch is 16 to 64 MB, or a twentieth of the table; where nobody
-- else is there, so that batches are longer than 150 ms and nobody waits for VACUUM, 64 MB: a batch then has one row of a page, not several.
create or replace function ssot.stretch_pages(tab regclass) returns bigint
language sql stable as $$
  select case when p.batch_ms > 150 then 8192 else least(8192, greatest(2048, ssot.table_size(tab) / 8192 / 20)) end
  from ssot.current_pace() as p;
$$;
