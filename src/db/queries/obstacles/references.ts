import type { Sql } from "postgres";
import { listContactReferences } from "../contact-references.ts";
import type { Obstacle } from "./obstacle.ts";

/** Foreign keys that a merged contact, or a number that is normalised, would break. */
export async function listStrangeReferences(sql: Sql): Promise<readonly Obstacle[]> {
  const references = await listContactReferences(sql);
  const elsewhere = references
    .filter(({ column }) => column === null)
    .map(({ table, constraint }) => ({
      what: `${table} (${constraint}) references another key of contacts than its id`,
      remedy: `let ${table} reference contacts(id)`,
    }));
  return [...elsewhere, ...(await listOtherTypes(sql))];
}

// A foreign key takes any type that somebody made a cast to uuid for; no uuid can be written there.
async function listOtherTypes(sql: Sql): Promise<readonly Obstacle[]> {
  return sql<Obstacle[]>`
    select format('%s (%s) keeps the id of a contact in a column of type %s', k.conrelid::regclass, k.conname, t.oid::regtype) as what,
           format('give column %I of %s the type uuid', a.attname, k.conrelid::regclass) as remedy
    from pg_catalog.pg_constraint as k
    join lateral unnest(k.conkey, k.confkey) as m(here, there) on true
    join pg_catalog.pg_attribute as i on i.attrelid = k.confrelid and i.attnum = m.there and i.attname = 'id'
    join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = m.here
    join pg_catalog.pg_type as t on t.oid = a.atttypid and t.typtype <> 'd' and t.oid <> 'uuid'::regtype
    where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
    order by 1`;
}
