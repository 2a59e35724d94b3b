import type { Sql } from "postgres";
import { listPresentTables } from "./present-tables.ts";

/** A rule of contacts that may keep a contact away that was merged or set aside. */
export interface ContactRule {
  /** SQL: the ids of contacts that break it, over image (id, image: column → text) and change (id, col, new). */
  readonly breaks: string;
}

interface Column {
  readonly name: string;
  readonly literal: string;
  readonly type: string;
}

/**
 * Which of contacts' rules a contact that comes back may break: unique keys that others took, references to what is gone, and columns that
 * must have a value by now. Keys that call code of others are left out, as are our own, which go before.
 */
export async function listContactRules(sql: Sql): Promise<readonly ContactRule[]> {
  const columns = await sql<Column[]>`
    select quote_ident(a.attname) as name, quote_literal(a.attname) as literal, (
      with recursive base as (
        select a.atttypid as type, a.atttypmod as modifier
        union all
        select y.typbasetype, y.typtypmod from base as b join pg_catalog.pg_type as y on y.oid = b.type and y.typtype = 'd'
      )
      select format_type(b.type, b.modifier) from base as b join pg_catalog.pg_type as y on y.oid = b.type and y.typtype <> 'd') as type
    from pg_catalog.pg_attribute as a
    where a.attrelid = to_regclass('public.contacts') and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum`;
  // A contact as it comes back, in columns. A domain's own rule is asked by nobody here.
  const typed = `(select i.id as ssot_id, ${columns.map(({ name, literal, type }) => `(i.image ->> ${literal})::${type} as ${name}`).join(", ")} from image as i)`;
  return [...(await listKeys(sql, typed)), ...(await listReferences(sql, typed)), ...(await listNeededColumns(sql))];
}

async function listKeys(sql: Sql, typed: string): Promise<readonly ContactRule[]> {
  const ours = await listOwnKeys(sql);
  const keys = await sql<{ parts: string[]; predicate: string | null; said: string }[]>`
    select k.parts, pg_get_expr(x.indpred, x.indrelid) as predicate, s.said
    from pg_catalog.pg_index as x
    join pg_catalog.pg_class as c on c.oid = x.indexrelid
    cross join lateral (
      select jsonb_agg(pg_get_indexdef(x.indexrelid, n, false) order by n) as parts from generate_series(1, x.indnkeyatts) as n
    ) as k
    cross join lateral (
      select format('jsonb_build_object(%s)', string_agg(format('%L, o.%I::text', a.attname, a.attname), ', ' order by a.attnum)) as said
      from pg_catalog.pg_attribute as a
      where a.attrelid = x.indrelid and (a.attnum = any (x.indkey) or exists (
        select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = x.indexrelid
          and d.refobjid = x.indrelid and d.refobjsubid = a.attnum))
    ) as s
    where x.indrelid = to_regclass('public.contacts') and x.indisunique and x.indisvalid and s.said is not null
      and not exists (select from pg_catalog.pg_depend as d
                      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = x.indexrelid
                        and d.refclassid in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass))
      and not exists (select from pg_catalog.pg_attribute as a
                      where a.attrelid = x.indrelid and a.attnum = any (x.indkey) and a.attgenerated <> '')
      and c.relname <> all (${[...ours]}::text[])
    order by c.relname`;
  return keys.map(({ parts, predicate, said }) => {
    const list = parts.map((part, place) => `(${part}) as ssot_key_${place}`).join(", ");
    const where = predicate === null ? "" : ` where ${predicate}`;
    const same = parts.map((_, place) => `i.ssot_key_${place} = k.ssot_key_${place}`).join(" and ");
    return {
      breaks: `
        select i.ssot_id from (select ssot_id, ${list} from ${typed} as contacts${where}) as i
        join (select id as ssot_id, ${list} from public.contacts${where}) as k on ${same}
        where not exists (
          select from public.contacts as o join change as c on c.id = o.id
          where o.id = k.ssot_id and (${said}) ? c.col and ${said} ->> c.col is not distinct from c.new)`,
    };
  });
}

async function listOwnKeys(sql: Sql): Promise<readonly string[]> {
  const there = await listPresentTables(sql, ["ssot.object", "ssot.object_journal"]);
  const table = ["ssot.object", "ssot.object_journal"].find((name) => there.has(name));
  if (table === undefined) return [];
  const rows = await sql<{ name: string }[]>`
    select o.name from ${sql.unsafe(table)} as o where o.kind = 'index' and o.outcome = 'created' order by 1`;
  return rows.map(({ name }) => name);
}

async function listReferences(sql: Sql, typed: string): Promise<readonly ContactRule[]> {
  const references = await sql<{ relation: string; is_self: boolean; pairs: { here: string; there: string }[] }[]>`
    select k.confrelid::regclass::text as relation, k.confrelid = k.conrelid as is_self, p.pairs
    from pg_catalog.pg_constraint as k
    cross join lateral (
      select jsonb_agg(jsonb_build_object('here', quote_ident(a.attname), 'there', quote_ident(b.attname)) order by m.place) as pairs
      from unnest(k.conkey, k.confkey) with ordinality as m(here, there, place)
      join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = m.here and a.attgenerated = ''
      join pg_catalog.pg_attribute as b on b.attrelid = k.confrelid and b.attnum = m.there
    ) as p
    where k.contype = 'f' and k.conrelid = to_regclass('public.contacts') and k.conparentid = 0
      and jsonb_array_length(p.pairs) = cardinality(k.conkey)
    order by k.conname`;
  return references.map(({ relation, is_self, pairs }) => {
    const same = (other: string): string =>
      pairs.map(({ here, there }) => `${other}.${there} = t.${here}`).join(" and ");
    const given = pairs.map(({ here }) => `t.${here} is not null`).join(" and ");
    const comesBack = is_self ? ` and not exists (select from ${typed} as b where ${same("b")})` : "";
    return {
      breaks: `select t.ssot_id from ${typed} as t where ${given} and not exists (select from ${relation} as p where ${same("p")})${comesBack}`,
    };
  });
}

async function listNeededColumns(sql: Sql): Promise<readonly ContactRule[]> {
  const needed = await sql<{ literal: string; has_default: boolean }[]>`
    select quote_literal(a.attname) as literal, a.atthasdef or a.attidentity <> '' as has_default
    from pg_catalog.pg_attribute as a
    where a.attrelid = to_regclass('public.contacts') and a.attnum > 0 and not a.attisdropped and a.attnotnull and a.attgenerated = ''
    order by a.attnum`;
  return needed.map(({ literal, has_default }) => ({
    breaks: `select i.id from image as i where i.image ->> ${literal} is null${has_default ? ` and i.image ? ${literal}` : ""}`,
  }));
}
