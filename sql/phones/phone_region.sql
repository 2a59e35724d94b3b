-- Phone numbers in E.164, by the rules of Google's libphonenumber as far as SQL can follow them with certainty: one row for each
-- country that it knows. Patterns are regular expressions without anchors.
-- The fill factor spreads the rows over enough pages that the planner looks them up by index (4 against 25 microseconds).
create table if not exists ssot.phone_region (
  country text collate "C" primary key,   -- ISO 3166 alpha-2
  calling_code text not null,             -- what follows the plus
  main boolean not null,                  -- whose rules hold for a number that is written with the calling code
  international_prefix text not null,     -- pattern: what is dialled instead of the plus (00, 011)
  national_prefix text,                   -- pattern: what is dialled before a national number and is no part of it
  carrier_pattern text,                   -- pattern: the same with a carrier's code or a missing area code, which SQL leaves alone
  lengths integer[] not null,             -- possible lengths of a national number
  doubtful_lengths integer[] not null,    -- possible in some of the countries that share the calling code
  national_pattern text not null          -- pattern: a complete national number
) with (fillfactor = 10);
create unique index if not exists phone_region_calling_code on ssot.phone_region (calling_code) where main;
-- Its rows come next.
select ssot.lift_row_security();
