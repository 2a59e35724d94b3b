-- No name at all, or only something that stands for one: what the name rule refuses, any phone number, what networks send for a name, and
-- what nobody sees (src/model/placeholder-name.ts: the same for JavaScript and for a plan).
do $$
declare
  blank text := '[[:space:]' || ssot.more_blanks() || ']*';
  nobody text := format('^%1$s(anonymous|unavailable|(anonymous|blocked|cellular|private|restricted|unavailable|unknown|wireless|withheld)%1$s(caller(%1$sid)?|number|name))%1$s$',
                        blank);
  /* Of another encoding the code points are unknown. An exported file may hold no backslash. */
  unseen text := case when ssot.more_blanks() = '' then '^' || blank || '$' else
    '^[[:space:]' || ssot.more_blanks()
      || replace('~u00ad~u034f~u061c~u115f~u1160~u1680~u17b4~u17b5~u180b-~u180f~u2000-~u200f~u2028-~u202f~u205f-~u206f~u2800~u3164~ufe00-~ufe0f~uffa0~ufff0-~ufff8', '~', chr(92)) || ']*$' end;
begin
  execute format(
    'create or replace function ssot.is_placeholder(name text) returns boolean language sql immutable parallel safe as %L',
    format('select (%s and name !~* %L and name !~ %L) is not true', replace(ssot.name_rule(), 'name = phone or ', ''), nobody, unseen));
end
$$;
