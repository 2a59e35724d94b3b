import type postgres from "postgres";
import { firstOrg } from "../verify/healthy-case.ts";

/** One way in which an application touches the columns, and where the audit must show it. */
export interface Way {
  readonly what: string;
  /** A statement, or what needs a client. */
  readonly run: string | ((sql: postgres.Sql) => Promise<unknown>);
  /** Where it is seen: writes of a column by how the witness knew; a dependent's kind and name; a reader. */
  readonly seen:
    | { readonly as: "write"; readonly column: string; readonly by: string }
    | { readonly as: "dependent"; readonly kind: string; readonly name: string; readonly column: string }
    | { readonly as: "reader"; readonly how: string };
}

/** A role of the application that may write calls, and nothing of the audit. */
export const limited = "audit_test_writer";

const insert = `insert into public.calls (org_id, vapi_call_id, call_direction`;

export const ways: readonly Way[] = [
  {
    what: "a full-row update of an ORM, values unchanged",
    run: "update public.calls set phone_number = phone_number, caller_name = caller_name where vapi_call_id = 'vapi-seed-01'",
    seen: { as: "write", column: "caller_name", by: "by name" },
  },
  {
    what: "an upsert with EXCLUDED",
    run: `${insert}, from_number) values ('${firstOrg}', 'vapi-seed-02', 'inbound', '+14155550100')
          on conflict (vapi_call_id) do update set from_number = excluded.from_number`,
    seen: { as: "write", column: "from_number", by: "by name" },
  },
  {
    what: "an insert that names the column with NULL",
    run: `${insert}, caller_name) values ('${firstOrg}', 'way-null', 'inbound', null)`,
    seen: { as: "write", column: "caller_name", by: "by text" },
  },
  {
    what: "a MERGE whose insert names the column with NULL",
    run: `merge into public.calls as c using (values ('${firstOrg}'::uuid)) as s(org) on c.vapi_call_id = 'way-merge'
          when not matched then insert (org_id, vapi_call_id, call_direction, caller_name) values (s.org, 'way-merge', 'inbound', null)`,
    seen: { as: "write", column: "caller_name", by: "by text" },
  },
  {
    what: "a function whose insert names the column with NULL",
    run: `create function public.put_call(which text) returns void language plpgsql as
            $$ begin insert into public.calls (org_id, vapi_call_id, call_direction, from_number)
                     values ('${firstOrg}', which, 'inbound', null); end $$;
          select public.put_call('way-function')`,
    seen: { as: "dependent", kind: "function", name: "put_call(text)", column: "from_number" },
  },
  {
    what: "an insert by a role without rights on the audit",
    run: (sql) =>
      sql.begin(async (transaction) => {
        await transaction.unsafe(`set local role ${limited}`);
        await transaction.unsafe(`${insert}, caller_name) values ('${firstOrg}', 'way-role', 'inbound', 'Ada')`);
      }),
    seen: { as: "write", column: "caller_name", by: "by value" },
  },
  {
    what: "COPY",
    run: async (sql) => {
      const session = await sql.reserve();
      const stream =
        await session`copy public.calls (org_id, vapi_call_id, call_direction, from_number) from stdin`.writable();
      await new Promise<void>((resolve, reject) => {
        stream.on("finish", resolve).on("error", reject);
        stream.end(`${firstOrg}\tway-copy\tinbound\t+14155550102\n`);
      });
      session.release();
    },
    seen: { as: "write", column: "from_number", by: "by value" },
  },
  {
    what: "a trigger that sets the column",
    run: `create function public.copy_number() returns trigger language plpgsql as
            $$ begin new.from_number := new.phone_number; return new; end $$;
          create trigger copy_number before update of notes on public.calls for each row execute function public.copy_number();
          update public.calls set notes = 'seen', phone_number = '+14155550103' where vapi_call_id = 'vapi-seed-03'`,
    seen: { as: "write", column: "from_number", by: "by value" },
  },
  {
    what: "that trigger's function",
    run: "select 1",
    seen: { as: "dependent", kind: "function", name: "copy_number()", column: "from_number" },
  },
  {
    what: "a function",
    run: `create function public.call_digest() returns bigint language sql as
            'select count(*) from public.calls where caller_name is not null'`,
    seen: { as: "dependent", kind: "function", name: "call_digest()", column: "caller_name" },
  },
  {
    what: "a view on a view",
    run: `create view public.named_calls as select id, caller_name as shown from public.calls;
          create view public.weekly_callers as select shown, count(*) as n from public.named_calls group by shown`,
    seen: { as: "dependent", kind: "view", name: "weekly_callers", column: "caller_name" },
  },
  {
    what: "a generated column",
    run: "alter table public.calls add shouted text generated always as (upper(caller_name)) stored",
    seen: { as: "dependent", kind: "", name: "shouted", column: "caller_name" },
  },
  {
    what: "a partial index",
    run: "create index named_only on public.calls (created_at) where caller_name is not null",
    seen: { as: "dependent", kind: "index", name: "named_only", column: "caller_name" },
  },
  {
    what: "a policy",
    run: "create policy named on public.calls for select using (from_number is not null)",
    seen: { as: "dependent", kind: "policy", name: "named", column: "from_number" },
  },
  {
    what: "a prepared select *",
    run: async (sql) => {
      const session = await sql.reserve();
      await session`select * from public.calls where org_id = ${firstOrg} limit 1`;
      session.release();
    },
    seen: { as: "reader", how: "select *" },
  },
  {
    what: "dynamic SQL in PL/pgSQL",
    run: `create function public.clear_names(which text) returns void language plpgsql as
            $$ begin execute format('update public.calls set caller_name = null where vapi_call_id = %L', which); end $$`,
    seen: { as: "dependent", kind: "function", name: "clear_names(text)", column: "caller_name" },
  },
];

/** What only looks like it. */
export const harmless = `
  create table public.leads (id integer primary key, caller_name text, from_number text);
  create view public.lead_names as select caller_name from public.leads;
  create function public.lead_count() returns bigint language sql as
    'select count(*) from public.leads where caller_name is not null and exists (select from public.calls)';
  create function public.say() returns text language plpgsql as
    $$ declare caller_name text := 'x'; begin /* calls.caller_name went */ return 'calls.caller_name is gone' || caller_name; end $$;
  create index calls_caller_name_idx on public.calls (caller_name);
  update public.leads set caller_name = 'nobody'`;
