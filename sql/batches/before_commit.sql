-- What is deferred finds its names as what fired at once: it runs at the commit that follows, under the path that is opened here. Where the
-- caller has a transaction of its own, whose end is not ours, it runs here.
create or replace function ssot.before_commit(commits boolean) returns void
language plpgsql as $$
begin
  perform pg_catalog.set_config('search_path', ssot.trigger_path(), true);
  if commits then return; end if;
  set constraints all immediate;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
end
$$;
