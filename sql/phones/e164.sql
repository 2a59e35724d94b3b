-- The number in E.164, read as dialled in a country (ISO 3166 alpha-2), or null where SQL cannot be certain.
-- Text in the shape of E.164 is answered as it is.
create or replace function ssot.e164(raw text, country text) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $function$
declare
  spelling text;
  digits text;
  national text;
  shorter text;
  prefix text;
  complete text;
  international boolean;
  region ssot.phone_region;
begin
  if raw is null or ssot.is_e164(raw) then
    return raw;
  end if;
  select map.e164 into spelling from ssot.phone_map as map where map.raw = e164.raw and map.country = e164.country;
  if spelling is not null then
    return spelling;
  end if;
  if length(raw) > 100 then
    return null;
  end if;

  /* Take out what only separates; any other character than one leading plus and digits ends the attempt. */
  spelling := translate(raw, ' -.()/[]' || chr(9), '');
  if spelling !~ '^[+]?[0-9]+$' then
    spelling := translate(regexp_replace(btrim(raw, ' ' || chr(9) || chr(10) || chr(13)), '^tel:', '', 'i'), ' -.()/[]' || chr(9), '');
    if octet_length(spelling) <> length(spelling) and pg_catalog.getdatabaseencoding() = 'UTF8' then
      /* No-break and thin spaces, soft hyphen, hyphens and dashes, minus sign, marks of writing direction. */
      spelling := translate(spelling,
        chr(160) || chr(173) || chr(8199) || chr(8201) || chr(8203) || chr(8206) || chr(8207) || chr(8208) || chr(8209)
        || chr(8210) || chr(8211) || chr(8212) || chr(8213) || chr(8234) || chr(8236) || chr(8239) || chr(8288) || chr(8722), '');
    end if;
    if spelling !~ '^[+]?[0-9]+$' then
      return null;
    end if;
  end if;
  international := left(spelling, 1) = '+';
  digits := ltrim(spelling, '+');

  if not international then
    /* An extension. */
    if length(digits) <= 5 then
      return null;
    end if;
    select home.* into region from ssot.phone_region as home where home.country = upper(e164.country collate "C");
    if not found then
      return null;
    end if;
    /* No calling code begins with a zero: what does so after an international prefix is a national number. */
    prefix := substring(digits from '^(' || region.international_prefix || ')');
    shorter := substr(digits, length(prefix) + 1);
    if shorter <> '' and left(shorter, 1) <> '0' then
      international := true;
      digits := shorter;
    else
      national := ssot.national_number(digits, region);
      if national is null then
        return null;
      end if;
      /* A calling code without its plus: the number is too long with it, or complete only without it. */
      if starts_with(digits, region.calling_code) then
        if length(national) > greatest(region.lengths[cardinality(region.lengths)],
          region.doubtful_lengths[cardinality(region.doubtful_lengths)]) then
          international := true;
        else
          complete := '^(' || region.national_pattern || ')$';
          if national !~ complete then
            shorter := ssot.national_number(substr(digits, length(region.calling_code) + 1), region);
            if shorter is null then
              return null;
            end if;
            international := shorter ~ complete;
          end if;
        end if;
      end if;
    end if;
  end if;

  if international then
    /* No calling code is the beginning of another one. */
    select main.* into region from ssot.phone_region as main
    where main.main and main.calling_code in (left(digits, 1), left(digits, 2), left(digits, 3));
    if not found then
      return null;
    end if;
    national := ssot.national_number(substr(digits, length(region.calling_code) + 1), region);
  end if;

  if length(national) = any (region.lengths) and length(region.calling_code) + length(national) <= 15 then
    complete := '+' || region.calling_code || national;
    return case when not ssot.is_withheld(complete) then complete end;
  end if;
  return null;
end
$function$;
