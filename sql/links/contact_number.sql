-- Which contact has a number, in each organisation: the one that a merge keeps. Nobody has a withheld one.
-- A real table, for its statistics: the planner chooses badly for the same thing as a subquery.
create unlogged table if not exists ssot.contact_number (
  org_id     uuid not null,
  number     text not null,
  contact_id uuid not null
);
alter table ssot.contact_number replica identity full;
comment on table ssot.contact_number is 'personal data: numbers of contacts, while links are planned';
