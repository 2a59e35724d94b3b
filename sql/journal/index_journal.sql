-- For deletes: the index by row of a task's part. Built after its first plan, which is the large one.
create or replace function ssot.index_journal(task text) returns void
language plpgsql as $$
begin
  case task
    when 'calls.contact_id' then create index if not exists journal_of_links_row on ssot.journal_of_links (id);
    when 'calls.phone_number' then create index if not exists journal_of_call_numbers_row on ssot.journal_of_call_numbers (id);
  end case;
end
$$;
