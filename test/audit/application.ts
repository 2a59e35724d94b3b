/** An application over the migrated schema that depends on the deprecated columns in every way there is. */
export const dependingApplication = `
  create table public.leads (id integer primary key, caller_name text, from_number text, call_id uuid);
  create table public.log (message text);

  create function public.fill() returns trigger language plpgsql as $$
  begin
    new.caller_name := coalesce(new.caller_name, 'nobody');
    return new;
  end $$;
  create trigger fill before insert on public.calls for each row execute function public.fill();
  create function public.generic() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger generic after delete on public.calls for each row execute function public.generic('id', 'from_number');
  create function public.by_name(wanted text) returns bigint language plpgsql as $$
  begin
    return (select count(*) from public.calls as c
            where c.caller_name = wanted);
  end $$;
  create function public.numbers() returns setof text language sql as 'select from_number from calls';
  create procedure public.clear() language plpgsql as $$
  begin
    update public.calls set caller_name = null, from_number = null;
  end $$;
  create function public.tracked() returns text language sql begin atomic select max(caller_name) from public.calls; end;
  create function public.dynamic_constant() returns void language plpgsql as $$
  begin
    execute 'update public.calls set caller_name = null';
  end $$;
  create function public.dynamic_format(t text) returns void language plpgsql as $$
  begin
    execute format('update public.calls set caller_name = %L', t);
  end $$;
  create function public.dynamic_concatenation(t text) returns void language plpgsql as $$
  declare q text := 'update public.calls set ';
  begin
    q := q || 'from_number = ' || quote_literal(t);
    execute q;
  end $$;
  create function public.recent() returns setof public.calls language sql as 'select * from public.calls limit 5';
  create function public.recent_names() returns setof text language sql as 'select caller_name from public.recent()';

  create view public.names as select id, caller_name from public.calls;
  create view public.names_of_names as select upper(caller_name) as shout from public.names;
  create materialized view public.kept as select from_number from public.calls;
  alter table public.calls add column shout text generated always as (upper(caller_name)) stored;
  create index partial on public.calls (id) where from_number is null;
  create index expression on public.calls (lower(caller_name));
  create index plain on public.calls (caller_name);
  create policy mine on public.calls using (caller_name is not null);
  alter table public.calls add constraint not_me check (caller_name <> 'me') not valid;
  create rule noted as on update to public.calls where new.from_number is null do also insert into public.log values ('x');
  create publication some_columns for table public.calls (id, caller_name);
`;

/** An application that only seems to: the same words, in other meanings. */
export const harmlessApplication = `
  create table public.leads (id integer primary key, caller_name text, from_number text, call_id uuid);
  create function public.of_leads() returns setof text language plpgsql as $$
  begin
    return query select l.caller_name from public.leads as l join public.calls as c on c.id = l.call_id;
  end $$;
  create function public.in_a_string() returns void language plpgsql as $$
  begin
    raise notice 'calls.caller_name is deprecated';
    perform 'calls.from_number';
  end $$;
  create function public.in_a_comment() returns bigint language sql as $$
    -- once counted calls.caller_name
    select count(*) from public.calls /* from_number */ $$;
  create function public.a_variable(from_number text) returns void language plpgsql as $$
  declare
    caller_name text := 'x';
  begin
    insert into public.leads (id, caller_name, from_number) select 1, s.n, s.p from (values (caller_name, from_number)) as s (n, p);
    perform count(*) from public.calls;
  end $$;
  create function public.an_output() returns table (caller_name text) language sql as
    'select v.resolved_caller_name as caller_name from public.calls_with_caller_names as v order by caller_name';
  create function public.touch() returns trigger language plpgsql as $$
  begin
    new.updated_at := now(); -- not caller_name
    return new;
  end $$;
  create trigger touch before update on public.calls for each row when (false) execute function public.touch();
  create index plain on public.calls (caller_name);
`;

/** One of the harmless functions, which now does harm. */
export const nowHarmful = `
  create or replace function public.in_a_string() returns void language plpgsql as $$
  begin
    update public.calls set caller_name = 'x';
  end $$`;
