import type { Sql } from "postgres";
import type { Connection } from "../db/connection.ts";

const tables = ["contacts", "calls"] as const;
const copied = /\bpublic\.(calls_with_caller_names|calls|contacts)\b/g;
const rewritten = new WeakMap<TemplateStringsArray, TemplateStringsArray>();

/**
 * Empty temporary copies of calls and contacts, and the view upon them: with the tables' columns, defaults, CHECKs, indexes and BEFORE ROW
 * triggers, and without any trigger that would tell others. They go with the transaction. Gives a session in which the libraries'
 * statements meet the copies.
 */
export async function makeCopies({ sql, execute }: Connection): Promise<Sql> {
  const [path] = await sql<{ path: string }[]>`
    select current_setting('search_path') as path, set_config('search_path', '', true) as emptied`;
  for (const table of tables) {
    await execute(`create temporary table ${table} (like public.${table} including all) on commit drop`);
    const triggers = await sql<{ definition: string }[]>`
      select pg_get_triggerdef(t.oid) as definition from pg_catalog.pg_trigger as t
      where t.tgrelid = to_regclass(${`public.${table}`}) and not t.tgisinternal and t.tgenabled in ('O', 'A') and (t.tgtype & 3) = 3
      order by t.tgname`;
    for (const { definition } of triggers)
      await execute(definition.replace(` ON public.${table} `, ` ON pg_temp.${table} `));
  }
  const [view] = await sql<{ text: string | null }[]>`
    select pg_get_viewdef(to_regclass('public.calls_with_caller_names')) as text`;
  if (view?.text != null) {
    await execute(
      `create temporary view calls_with_caller_names with (security_invoker = true) as ${ofCopies(view.text)}`,
    );
  }
  await sql`select set_config('search_path', ${path?.path ?? ""}, true)`;
  return onCopies(sql);
}

function ofCopies(text: string): string {
  return text.replace(copied, "pg_temp.$1");
}

/** The same session, whose statements, names and values say the copies where they say the tables. */
function onCopies(sql: Sql): Sql {
  return new Proxy(sql, {
    apply: (target, self, [first, ...rest]: [unknown, ...unknown[]]) => {
      const said = isTemplate(first) ? templateOf(first) : typeof first === "string" ? ofCopies(first) : first;
      return Reflect.apply(target, self, [said, ...rest.map(valueOnCopies)]);
    },
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== "unsafe" || typeof value !== "function") return value;
      return (text: string, ...rest: unknown[]) => Reflect.apply(value, target, [ofCopies(text), ...rest]);
    },
  });
}

// The search by index knows the tables alone: it is not found, and the view is searched.
function valueOnCopies(value: unknown): unknown {
  if (typeof value !== "string") return value;
  return value === "ssot_search" ? "pg_temp" : ofCopies(value);
}

function isTemplate(value: unknown): value is TemplateStringsArray {
  return Array.isArray(value) && "raw" in value;
}

function templateOf(strings: TemplateStringsArray): TemplateStringsArray {
  const known = rewritten.get(strings);
  if (known !== undefined) return known;
  const made = Object.assign(strings.map(ofCopies), { raw: strings.raw.map(ofCopies) });
  rewritten.set(strings, made);
  return made;
}
