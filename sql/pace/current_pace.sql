-- What holds for a batch at this moment: whether to wait before it, how long it may take, and how long to rest after one.
create or replace function ssot.current_pace(out waits boolean, out batch_ms integer, out rests real)
language sql stable as $$
  select coalesce(p.paused or p.holds and p.fresh, false), case when p.fresh then p.batch_ms end, case when p.fresh then p.rests else 0 end
  from (select true) as one
  left join (select x.paused, x.holds, x.batch_ms, x.rests, x.told_at > clock_timestamp() - interval '5 s' is true as fresh from ssot.pace as x) as p on true;
$$;
