-- Moves what an upgrade of the catalog left in tables of an older engine, in committed portions; goes on where it was interrupted.
create or replace procedure ssot.finish_upgrade(commits boolean)
language plpgsql as $$
declare
  old record;
begin
  if not exists (select from ssot.engine as e where e.moving) then return; end if;
  for old in select j.name, j.task from ssot.older_journal as j order by j.name loop
    if to_regclass(old.name) is not null then
      call ssot.move_journal(old.name, old.task, commits);
      execute format('drop table %s', old.name);
    end if;
    delete from ssot.older_journal as j where j.name = old.name;
    perform ssot.index_journal(old.task);
    if commits then commit; end if;
  end loop;
  if to_regclass('ssot.merge_journal') is not null then
    call ssot.move_merges(commits);
    drop table ssot.merge_journal;
  end if;
  update ssot.engine set moving = false;
  if commits then commit; end if;
end
$$;
