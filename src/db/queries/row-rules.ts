import type { PendingQuery, Row, Sql } from "postgres";

/** A rule of a table that references contacts, which its rows may break when they get another contact, or none. */
export interface RowRule {
  /** Schema-qualified and quoted where needed. */
  readonly table: string;
  readonly name: string;
  readonly kind: "unique" | "exclusion" | "check";
  /** The columns with a contact's id, quoted, and whether the table is contacts itself. */
  readonly references: readonly string[];
  readonly isContacts: boolean;
  /** All other columns, quoted. */
  readonly others: readonly string[];
  /** What a CHECK asks, or of which rows an index takes notice. */
  readonly condition: string | null;
  readonly keys: readonly { readonly expression: string; readonly operator: string | null }[];
  readonly nullsAreEqual: boolean;
  /** Only rows of the same contact can meet. */
  readonly isByContact: boolean;
}

/** Which contact a reference goes to; null: it is emptied. */
export interface Move {
  readonly from: string;
  readonly to: string | null;
}

/**
 * Unique keys, exclusion constraints and CHECKs in which a reference to contacts stands. Those that call functions of others are
 * left out: nothing here calls what nobody has looked at.
 */
export async function listRowRules(sql: Sql): Promise<readonly RowRule[]> {
  return sql<RowRule[]>`
    with reference as (
      select k.conrelid as relid, array_agg(distinct m.here) as attnums
      from pg_catalog.pg_constraint as k
      cross join unnest(k.conkey, k.confkey) as m(here, there)
      join pg_catalog.pg_attribute as i on i.attrelid = k.confrelid and i.attnum = m.there and i.attname = 'id'
      where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
      group by k.conrelid
    ), rule as (
      select r.relid, r.attnums, 'pg_catalog.pg_class'::regclass as class, x.indexrelid as id, c.relname as name,
             case when x.indisexclusion then 'exclusion' else 'unique' end as kind,
             pg_get_expr(x.indpred, x.indrelid) as condition, x.indnullsnotdistinct as nulls_equal,
             (select jsonb_agg(jsonb_build_object('expression', pg_get_indexdef(x.indexrelid, n, false), 'operator', (
                select format('operator(%I.%s)', s.nspname, o.oprname)
                from pg_catalog.pg_constraint as k
                join pg_catalog.pg_operator as o on o.oid = k.conexclop[n]
                join pg_catalog.pg_namespace as s on s.oid = o.oprnamespace
                where k.conindid = x.indexrelid and k.contype = 'x')) order by n)
              from generate_series(1, x.indnkeyatts) as n) as keys,
             x.indkey::smallint[] && r.attnums and not x.indisexclusion as by_contact
      from reference as r
      join pg_catalog.pg_index as x on x.indrelid = r.relid and (x.indisunique or x.indisexclusion)
      join pg_catalog.pg_class as c on c.oid = x.indexrelid
      where x.indkey::smallint[] && r.attnums
        or exists (select from pg_catalog.pg_depend as d
                   where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = x.indexrelid and d.refobjid = r.relid
                     and d.refobjsubid = any (r.attnums))
      union all
      select r.relid, r.attnums, 'pg_catalog.pg_constraint'::regclass, k.oid, k.conname, 'check',
             pg_get_expr(k.conbin, k.conrelid), false, '[]', false
      from reference as r
      join pg_catalog.pg_constraint as k on k.conrelid = r.relid and k.contype = 'c' and k.conkey && r.attnums
    )
    select format('%I.%I', n.nspname, t.relname) as table, u.name, u.kind, u.condition, u.keys,
           u.nulls_equal as "nullsAreEqual", u.by_contact as "isByContact", u.relid = to_regclass('public.contacts') as "isContacts",
           (select jsonb_agg(quote_ident(a.attname) order by a.attnum) from pg_catalog.pg_attribute as a
            where a.attrelid = u.relid and a.attnum = any (u.attnums)) as references,
           (select coalesce(jsonb_agg(quote_ident(a.attname) order by a.attnum), '[]') from pg_catalog.pg_attribute as a
            where a.attrelid = u.relid and a.attnum > 0 and not a.attisdropped and a.attnum <> all (u.attnums)) as others
    from rule as u
    join pg_catalog.pg_class as t on t.oid = u.relid
    join pg_catalog.pg_namespace as n on n.oid = t.relnamespace
    where not exists (
      select from pg_catalog.pg_depend as d
      where d.classid = u.class and d.objid = u.id
        and d.refclassid in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_opclass'::regclass)
        and not exists (select from pg_catalog.pg_depend as e
                        where e.classid = d.refclassid and e.objid = d.refobjid and e.deptype = 'e'))
    order by 1, 2`;
}

/** Whether rows would break the rule if their references moved so, all at once. */
export async function breaksRule(sql: Sql, rule: RowRule, moves: readonly Move[]): Promise<boolean> {
  const rows = sql`(${movedRows(sql, rule, moves)}) as r`;
  const condition = rule.condition === null ? sql`` : sql`and (${sql.unsafe(rule.condition)})`;
  const keys = rule.keys.map(({ expression }) => sql.unsafe(expression));
  const list =
    keys.reduce<PendingQuery<Row[]> | undefined>((all, key) => (all ? sql`${all}, ${key}` : sql`${key}`), undefined) ??
    sql``;
  if (rule.kind === "check") {
    return found(
      sql`select from ${rows} where r.ssot_moved and (${sql.unsafe(rule.condition ?? "true")}) is false`,
      sql,
    );
  }
  if (rule.kind === "unique") {
    const filled = rule.nullsAreEqual ? sql`` : keys.reduce((all, key) => sql`${all} and ${key} is not null`, sql``);
    return found(
      sql`select from ${rows} where true ${condition} ${filled} group by ${list} having count(*) > 1 and bool_or(r.ssot_moved)`,
      sql,
    );
  }
  const named = keys.reduce((all, key, n) => sql`${all}, ${key} as ${sql(`ssot_key_${n}`)}`, sql``);
  const meet = rule.keys.reduce((all, { operator }, n) => {
    const key = sql(`ssot_key_${n}`);
    return sql`${all} and a.${key} ${sql.unsafe(operator ?? "=")} b.${key}`;
  }, sql``);
  return found(
    sql`select from (select r.ssot_place, r.ssot_moved ${named} from ${rows} where true ${condition}) as a
        join (select r.ssot_place ${named} from ${rows} where true ${condition}) as b on true ${meet}
        where a.ssot_moved and a.ssot_place <> b.ssot_place`,
    sql,
  );
}

async function found(rows: PendingQuery<Row[]>, sql: Sql): Promise<boolean> {
  const [row] = await sql<{ hit: boolean }[]>`select exists (${rows}) as hit`;
  return row?.hit ?? false;
}

// The rows of a table as they would be, and which of them would change.
function movedRows(
  sql: Sql,
  { table, references, isContacts, others, isByContact, nullsAreEqual }: RowRule,
  moves: readonly Move[],
): PendingQuery<Row[]> {
  const [from, to] = [moves.map((move) => move.from), moves.map((move) => move.to)];
  const part = (
    each: (column: PendingQuery<Row[]>, move: PendingQuery<Row[]>) => PendingQuery<Row[]>,
    first: PendingQuery<Row[]>,
  ) =>
    references.reduce(
      (all, name, n) =>
        sql`${all} ${each(sql.unsafe(name) as PendingQuery<Row[]>, sql.unsafe(`m${n}`) as PendingQuery<Row[]>)}`,
      first,
    );
  // A contact that its own duplicate referred has no referrer then, rather than itself.
  const goal = (move: PendingQuery<Row[]>) => (isContacts ? sql`nullif(${move}.there, t.id)` : sql`${move}.there`);
  return sql`
    select row(t.tableoid, t.ctid)::text as ssot_place
      ${others.reduce((all, name) => sql`${all}, t.${sql.unsafe(name)}`, sql``)}
      ${part((column, move) => sql`, case when ${move}.here is null then t.${column} else ${goal(move)} end as ${column}`, sql``)},
      ${part((_, move) => sql`or ${move}.here is not null`, sql`false`)} as ssot_moved
    from ${sql.unsafe(table)} as t
      ${part((column, move) => sql`left join unnest(${from}::uuid[], ${to}::uuid[]) as ${move}(here, there) on ${move}.here = t.${column}`, sql``)}
    where ${
      isByContact
        ? part(
            (column, move) =>
              sql`or ${move}.here is not null or t.${column} = any (${to}::uuid[]) or ${nullsAreEqual} and t.${column} is null`,
            sql`false`,
          )
        : sql`true`
    }`;
}
