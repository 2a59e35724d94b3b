-- Rows a batch: a fixed number where one is set, else steered towards 150 ms a batch, because a writer of the same row may
-- have to wait that long.
create or replace function ssot.next_batch_size(current_size integer, took interval) returns integer
language sql stable as $$
  select coalesce(ssot.batch_size(), case
    when took is null then 2000
    else greatest(200, least(20000, (current_size * least(2.0, greatest(0.5, 0.150 / greatest(0.001, extract(epoch from took)))))::integer))
  end);
$$;
