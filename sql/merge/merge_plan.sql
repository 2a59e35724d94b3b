-- Who is merged into whom. A duplicate stands after the newer ones of its group, so that the newest fills first.
create table if not exists ssot.merge_plan (
  seq             bigint primary key,
  duplicate       uuid not null,
  duplicate_phone text not null,
  survivor        uuid not null,
  survivor_phone  text not null
);
comment on table ssot.merge_plan is 'personal data: which contacts were one, with their numbers';
create index if not exists merge_plan_duplicate on ssot.merge_plan (duplicate);
create index if not exists merge_plan_survivor on ssot.merge_plan (survivor);
