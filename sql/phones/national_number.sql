-- The national number in digits that may begin with a national prefix; null where that is not certain.
create or replace function ssot.national_number(digits text, region ssot.phone_region) returns text
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $function$
declare
  prefix text := substring(digits from '^(' || coalesce(region.carrier_pattern, region.national_prefix) || ')');
  rest text;
  complete text;
begin
  if prefix is null or prefix = '' then
    return digits;
  end if;
  if region.carrier_pattern is not null and prefix is distinct from region.national_prefix then
    return null;
  end if;
  rest := substr(digits, length(prefix) + 1);
  if length(rest) = any (region.doubtful_lengths) then
    return null;
  end if;
  /* What looks like a prefix belongs to the number when the rest would be no number. */
  if length(rest) <> all (region.lengths) then
    return digits;
  end if;
  complete := '^(' || region.national_pattern || ')$';
  if digits ~ complete and rest !~ complete then
    return digits;
  end if;
  return rest;
end
$function$;
