-- Rows a batch: a fixed number where one is set, else steered towards the time that the pace allows. Where nobody says otherwise that is
-- 150 ms, because a writer of the same row may have to wait that long.
create or replace function ssot.next_batch_size(current_size integer, took interval) returns integer
language sql stable as $$
  select coalesce(ssot.batch_size(), case
    when took is null then least(2000, coalesce(p.batch_ms, 150) * 20)
    else greatest(least(200, coalesce(p.batch_ms, 150) * 2), least(20000,
      (current_size * least(2.0, greatest(0.5, coalesce(p.batch_ms, 150) / 1000.0 / greatest(0.001, extract(epoch from took)))))::integer))
  end)
  from ssot.current_pace() as p;
$$;
