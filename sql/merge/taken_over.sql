-- What a survivor takes over from its duplicate: column → text. "fills": also what it lacks, and a real name for a placeholder.
create or replace function ssot.taken_over(contact uuid, survivor jsonb, duplicate jsonb, rules jsonb, fills boolean) returns jsonb
language plpgsql stable as $$
declare
  becomes jsonb := '{}';
  theirs text;
  own text;
  c name;
begin
  foreach c in array ssot.contact_columns() loop
    own := survivor ->> c;
    theirs := duplicate ->> c;
    continue when c in ('id', 'org_id', 'phone', 'created_at', 'updated_at') or rules ->> c = 'keep' or theirs is null or theirs = own;
    if rules ? c then
      execute format('select %s($1::%2$s, $2::%2$s)::text', rules ->> c, ssot.column_type('public.contacts', c)) into theirs using own, theirs;
      continue when theirs is not distinct from own;
    else
      continue when not fills or theirs = contact::text;  /* never its own referrer */
      continue when case when c = 'name' then not ssot.is_placeholder(own) or ssot.is_placeholder(theirs) else own is not null end;
    end if;
    becomes := becomes || jsonb_build_object(c, theirs);
  end loop;
  return becomes;
end
$$;
