-- The rule on contacts' names, the one text of it in SQL (src/model/placeholder-name.ts: what a plan asks). It calls no function of ours, so that the constraint stands on its own.
-- A phone-like name is refused, save the contact's own number: that is what an unnamed contact is called.
-- Two characters at least, or one outside ASCII (a single Chinese character is a name).
create or replace function ssot.name_rule() returns text
language sql stable as $$
  select format('name is not null
    and octet_length(btrim(name)) >= 2
    and name !~ ''^[[:space:]%1$s]*[!-~]?[[:space:]%1$s]*$''
    and name !~* ''^[[:space:]%1$s]*unknown[[:space:]%1$s]*(caller)?[[:space:]%1$s]*$''
    and (name = phone or name !~* ''^[[:space:]%1$s]*(tel:)?[-+0-9()./[:space:]%1$s%2$s]+$'')',
    ssot.more_blanks(),
    /* Hyphens, dashes, minus. */
    case when ssot.more_blanks() <> '' then
      chr(8208) || chr(8209) || chr(8210) || chr(8211) || chr(8212) || chr(8213) || chr(8722) else '' end);
$$;
