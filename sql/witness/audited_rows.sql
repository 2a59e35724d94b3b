-- How many writes this transaction has audited: in a sequence, whose current value belongs to the session and which nobody but its
-- owner can set. It holds the transaction's id and, in its last 12 bits, the number. It limits how many are listed, and decides
-- nothing else.
create sequence if not exists ssot.audited_rows minvalue 0 start 0;

create or replace function ssot.audited_rows() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  said bigint;
begin
  said := currval('ssot.audited_rows');
  return case when said >> 12 = pg_current_xact_id()::text::bigint then said & 4095 else 0 end;
exception when object_not_in_prerequisite_state then
  return 0;  /* the first of its session */
end
$$;
