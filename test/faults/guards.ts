import postgres from "postgres";
import { dirtyContactId } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { engineDirectory, loadEngine } from "../../src/migrations/engine-files.ts";
import { installText } from "../../src/migrations/install-engine.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { SsotError } from "../../src/model/errors.ts";
import type { Change } from "../support/changed-engine.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

/** Which engine and story a scenario runs: the package's, or copies with a guard left out. */
export interface Folders {
  readonly engineDirectory: string;
  readonly directory: string;
}

export const ours: Folders = { engineDirectory: engineDirectory(), directory: migrationsDirectory() };

export interface Guard {
  readonly title: string;
  /** The guard left out. */
  readonly without: Change | readonly Change[];
  /** Does what the guard is there for, on live rows of the dirty case; gives what came of it. */
  readonly scenario: (database: TestDatabase, folders: Folders) => Promise<unknown>;
  /** What has to come of it. */
  readonly expected: unknown;
}

const backfill = "20260209000100_backfill_contact_ids";
const mark = "20260209000400_mark_deprecated";
const drop = "migrations/20260309000000_drop_deprecated_columns.sql";

// A session of its own, with the settings of a run.
async function asRun<T>({ url }: TestDatabase, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { search_path: "", application_name: "guard" } });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function install(database: TestDatabase, folders: Folders): Promise<void> {
  const engine = await loadEngine(folders.engineDirectory);
  await asRun(database, (sql) => sql.begin((tx) => tx.unsafe(installText(engine, []))));
}

/** A BEFORE ROW trigger of somebody's. */
async function keepRows({ sql }: TestDatabase, when: string, body: string): Promise<void> {
  await sql.unsafe(`
    create function public.keep() returns trigger language plpgsql as $f$ begin ${body} end $f$;
    create trigger keep ${when} for each row execute function public.keep()`);
}

/** Links that are planned, none of them made yet; the first planned call. */
async function planLinks(database: TestDatabase, folders: Folders): Promise<string> {
  await install(database, folders);
  await asRun(database, async (sql) => {
    await sql`call ssot.map_loose_numbers(true)`;
    await sql`select ssot.plan_links(${backfill})`;
  });
  const [row] = await database.sql<{ id: string }[]>`
    select id from ssot.journal where task = 'calls.contact_id' order by seq limit 1`;
  if (row === undefined) throw new Error("no link was planned");
  return row.id;
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) =>
      error instanceof SsotError || error instanceof postgres.PostgresError ? error.code : String(error),
  );

/** Every guard of the engine, by what it guards against. */
export const guards: readonly Guard[] = [
  {
    title: "a row that somebody changed since it was planned is left alone, and no rollback touches it",
    without: {
      file: "sql/journal/apply_batch.sql",
      from: "r.id = j.id and r.%2$I is not distinct from j.old",
      to: "r.id = j.id",
    },
    scenario: async (database, folders) => {
      const call = await planLinks(database, folders);
      const { sql } = database;
      await sql`update public.calls set contact_id = ${dirtyContactId(401)} where id = ${call}`;
      await asRun(database, (run) => run`call ssot.apply_journal('calls.contact_id', true)`);
      return sql`
        select (select contact_id = ${dirtyContactId(401)} from public.calls where id = ${call}) as kept,
               exists (select from ssot.journal where task = 'calls.contact_id' and id = ${call}) as journaled`;
    },
    expected: [{ kept: true, journaled: false }],
  },
  {
    title: "a value that somebody changed since it was written is kept by the rollback, its original beside it",
    without: {
      file: "sql/journal/undo_batch.sql",
      from: "where r.id = j.id and r.%2$I is not distinct from j.written",
      to: "where r.id = j.id",
    },
    scenario: async (database, folders) => {
      const call = await planLinks(database, folders);
      const { sql } = database;
      await asRun(database, (run) => run`call ssot.apply_journal('calls.contact_id', true)`);
      await sql`update public.calls set contact_id = ${dirtyContactId(401)} where id = ${call}`;
      await asRun(database, (run) => run`call ssot.undo_journal('calls.contact_id', true)`);
      return sql`
        select (select contact_id = ${dirtyContactId(401)} from public.calls where id = ${call}) is true as kept,
               exists (select from ssot.unrestored where row_key ->> 'id' = ${call}) as told`;
    },
    expected: [{ kept: true, told: true }],
  },
  {
    title: "calls that somebody's trigger keeps from taking their link stop the run by its name",
    without: {
      file: "sql/journal/apply_batch.sql",
      from: "perform ssot.refuse_unwritten(t.relation::regclass, unwritten, 'UPDATE');",
      to: "",
    },
    scenario: async (database, folders) => {
      await planLinks(database, folders);
      await keepRows(database, "before update on public.calls", "return null;");
      return codeOf(asRun(database, (run) => run`call ssot.apply_journal('calls.contact_id', true)`));
    },
    expected: "09000",
  },
  {
    title: "a link that somebody's trigger puts back stops the run by its name",
    without: {
      file: "sql/journal/apply_batch.sql",
      from: "count(*) filter (where not d.is_so)",
      to: "0",
    },
    scenario: async (database, folders) => {
      await planLinks(database, folders);
      await keepRows(database, "before update on public.calls", "new.contact_id := old.contact_id; return new;");
      return codeOf(asRun(database, (run) => run`call ssot.apply_journal('calls.contact_id', true)`));
    },
    expected: "09000",
  },
  {
    title: "a link that somebody's trigger keeps from being taken back stops the rollback by its name",
    without: {
      file: "sql/journal/undo_batch.sql",
      from: "perform ssot.refuse_unwritten(t.relation::regclass, unwritten, 'UPDATE');",
      to: "",
    },
    scenario: async (database, folders) => {
      await planLinks(database, folders);
      await asRun(database, (run) => run`call ssot.apply_journal('calls.contact_id', true)`);
      await keepRows(database, "before update on public.calls", "return null;");
      return codeOf(asRun(database, (run) => run`call ssot.undo_journal('calls.contact_id', true)`));
    },
    expected: "09000",
  },
  {
    title: "a duplicate that somebody's trigger does not let go stops the merge by its name",
    without: {
      file: "sql/merge/delete_contacts.sql",
      from: "(select count(*) from public.contacts as k where k.id = any (ids))",
      to: "0",
    },
    scenario: async (database, folders) => {
      await install(database, folders);
      await asRun(database, (run) => run`call ssot.map_loose_numbers(true)`);
      await keepRows(database, "before delete on public.contacts", "return null;");
      return codeOf(
        asRun(database, (run) => run`call ssot.merge_contacts('20260209000200_validate_contact_names', true)`),
      );
    },
    expected: "09000",
  },
  {
    title: "a contact that somebody's trigger does not let come back stops the rollback by its name",
    without: {
      file: "sql/merge/undo_delete.sql",
      from: "perform ssot.refuse_unwritten('public.contacts', 1 - n, 'INSERT');",
      to: "",
    },
    scenario: async (database, folders) => {
      await install(database, folders);
      await asRun(database, (run) => run`call ssot.map_loose_numbers(true)`);
      await asRun(database, (run) => run`call ssot.merge_contacts('20260209000200_validate_contact_names', true)`);
      await keepRows(database, "before insert on public.contacts", "return null;");
      return codeOf(
        asRun(database, (run) => run`call ssot.undo_merges('20260209000200_validate_contact_names', true)`),
      );
    },
    expected: "09000",
  },
  {
    title: "no link leaves its organisation",
    without: { file: "sql/links/plan_links.sql", from: "w.org_id = c.org_id and w.number", to: "w.number" },
    scenario: async (database, folders) => {
      const { sql } = database;
      await sql`delete from public.calls where contact_id is not null`;
      await planLinks(database, folders);
      return sql`
        select count(*)::integer as foreign from ssot.journal as j
        join public.calls as c on c.id = j.id join public.contacts as k on k.id = j.new::uuid
        where j.task = 'calls.contact_id' and k.org_id <> c.org_id`;
    },
    expected: [{ foreign: 0 }],
  },
  {
    title: "a contact is in the journal before it is merged away, and comes back",
    without: {
      file: "sql/merge/merge_batch.sql",
      from: `    perform ssot.journal_merge('delete', 'public.contacts', jsonb_build_object('id', duplicates[i]), null, null, null,
                               ssot.original_image(duplicates[i], duplicate));
`,
      to: "",
    },
    scenario: async (database, folders) => {
      const { sql, url } = database;
      const count = () => sql`select count(*)::integer as contacts from public.contacts`;
      const [before] = await count();
      await migrate(migrateOptions(url, { ...folders, verify: false }));
      await codeOf(rollback(rollbackOptions(url, folders)));
      const [after] = await count();
      return before?.contacts === after?.contacts;
    },
    expected: true,
  },
  {
    title: "a batch and its cursor are one: a session that dies between them leaves neither",
    without: {
      file: "sql/journal/apply_journal.sql",
      from: "    update ssot.task as x set done = upto",
      to: "    if commits then commit; end if;\n    update ssot.task as x set done = upto",
    },
    scenario: async (database, folders) => {
      await planLinks(database, folders);
      const { sql } = database;
      const holder = await sql.reserve();
      await holder`begin`;
      await holder`select from ssot.task where task = 'calls.contact_id' for update`;
      const died = asRun(database, (run) => codeOf(run`call ssot.apply_journal('calls.contact_id', true)`));
      for (;;) {
        const [waiting] = await sql<{ pid: number }[]>`
          select pid from pg_catalog.pg_stat_activity
          where datname = current_database() and application_name = 'guard' and wait_event_type = 'Lock'`;
        if (waiting === undefined) continue;
        await sql`select pg_terminate_backend(${waiting.pid})`;
        break;
      }
      await died;
      await holder`rollback`;
      holder.release();
      return sql`
        select t.done = 0 and not exists (select from ssot.journal as j join public.calls as c on c.id = j.id
                                          where j.task = t.task and c.contact_id = j.new::uuid) as together
        from ssot.task as t where t.task = 'calls.contact_id'`;
    },
    expected: [{ together: true }],
  },
  {
    title: "a write to a deprecated column does not wait for a locked audit",
    without: { file: "sql/witness/see_write.sql", from: " set lock_timeout = '50ms'", to: "" },
    scenario: async (database, folders) => {
      const { sql, url } = database;
      await migrate(migrateOptions(url, { ...folders, verify: false }));
      const holder = await sql.reserve();
      await holder`begin`;
      await holder`lock table public.deprecated_column_audit in access exclusive mode`;
      const outcome = await asRun(database, async (run) => {
        await run`set statement_timeout = '20s'`;
        return codeOf(
          run`update public.calls set caller_name = 'late' where id = (select min(id::text)::uuid from public.calls)`,
        );
      });
      await holder`rollback`;
      holder.release();
      const [traced] = await sql`select count(*)::integer as n from ssot.deprecated_write`;
      return [outcome, traced?.n];
    },
    expected: ["done", 1],
  },
  {
    title: "what is kept of a deleted call goes with it",
    without: { file: "sql/erasure/erase_tasks.sql", from: "j.id = any ($1) returning", to: "false returning" },
    scenario: async (database, folders) => {
      const { sql, url } = database;
      await migrate(migrateOptions(url, { ...folders, verify: false }));
      const [linked] = await sql<
        { id: string }[]
      >`select id from ssot.journal where task = 'calls.contact_id' order by seq limit 1`;
      await sql`delete from public.calls where id = ${linked?.id ?? null}`;
      return sql`select count(*)::integer as left from ssot.journal where id = ${linked?.id ?? null}`;
    },
    expected: [{ left: 0 }],
  },
  {
    title: "the gate is asked again by the swap: a write that comes during the copy stops the drop",
    without: [
      {
        file: drop,
        from: `select ssot.refuse_closed_gate('${mark}', :force, :'verdicts');\nselect ssot.journal`,
        to: "select ssot.journal",
      },
      { file: drop, from: `select ssot.refuse_late_writes('${mark}', :force, :'verdicts');\n`, to: "" },
    ],
    scenario: async (database, folders) => {
      const { sql, url } = database;
      await migrate(migrateOptions(url, { ...folders, verify: false }));
      await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
      const holder = await sql.reserve();
      await holder`begin`;
      await holder`lock table public.calls_with_caller_names in access share mode`;
      let written: Promise<unknown> = Promise.resolve();
      const dropped = codeOf(
        migrate(
          migrateOptions(url, {
            ...folders,
            phase3: true,
            verify: false,
            lockTimeoutMs: 100,
            lockTries: 20,
            progress: {
              onRetry: () => {
                written = written.then(async () => {
                  await sql`update public.calls set caller_name = 'late' where id = (select min(id::text)::uuid from public.calls)`.catch(
                    () => {},
                  );
                  await holder`rollback`.catch(() => {});
                });
              },
            },
          }),
        ),
      );
      const code = await dropped;
      await written;
      holder.release();
      return code;
    },
    expected: "GATE",
  },
];
