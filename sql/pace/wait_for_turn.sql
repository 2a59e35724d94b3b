-- Waits after a batch that took so long, until the next one may begin: in naps with a commit between, so that it holds no lock, and no
-- snapshot for longer than a nap. Where nothing commits by itself a wait would keep every lock, so there is none.
create or replace procedure ssot.wait_for_turn(commits boolean, took interval default null)
language plpgsql as $$
declare
  began constant timestamptz := clock_timestamp();
  p record;
  left_seconds double precision;
begin
  if not commits then return; end if;
  loop
    select x.waits, x.rests into p from ssot.current_pace() as x;
    /* Asked anew after each nap: a long rest ends as soon as the reason for it does. */
    left_seconds := extract(epoch from began + least(coalesce(took, '0') * p.rests, '10 s') - clock_timestamp());
    exit when not p.waits and left_seconds <= 0.001;
    perform pg_sleep(case when p.waits then 0.1 else least(0.1, left_seconds) end);
    commit;
  end loop;
end
$$;
