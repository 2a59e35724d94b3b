-- For deletes: the index by row of a task's part. Built after its first plan, which is the large one.
create or replace function ssot.index_journal(task text) returns void
language plpgsql as $$
begin
  if task = 'calls.contact_id' and to_regclass('ssot.journal_of_links_row') is null then
    create index journal_of_links_row on ssot.journal_of_links (id);
  elsif task = 'calls.phone_number' and to_regclass('ssot.journal_of_call_numbers_row') is null then
    create index journal_of_call_numbers_row on ssot.journal_of_call_numbers (id);
  end if;
end
$$;
