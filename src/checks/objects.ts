import type { Sql } from "postgres";
import { missionColumns } from "../model/mission.ts";
import { type EngineFacts, readEngineFacts } from "./engine-facts.ts";
import { migrationNames } from "./migration-names.ts";

/** Objects that checks look at, the migration that makes each, and the check that then says so when it is missing. */
const guards = {
  bookkeeping: { madeBy: migrationNames.validate, check: "schema.migrations" },
  view: { madeBy: migrationNames.view, check: "schema.view" },
  columns: { madeBy: migrationNames.deprecate, check: "schema.deprecated-columns" },
  source: { madeBy: migrationNames.validate, check: "schema.contact-source" },
  audit: { madeBy: migrationNames.deprecate, check: "schema.audit-table" },
  witness: { madeBy: migrationNames.deprecate, check: "schema.migrations" },
  gate: { madeBy: migrationNames.deprecate, check: "schema.migrations" },
  uniqueIndex: { madeBy: migrationNames.validate, check: "schema.indexes" },
} as const;

export type NeededObject = keyof typeof guards;

export const neededObjects = Object.keys(guards).filter((name): name is NeededObject => name in guards);

/** The check, as `suite.check`, that fails while the object is missing. */
export function guardOf(object: NeededObject, applied: ReadonlySet<string>): string {
  const { madeBy, check } = guards[object];
  return applied.has(madeBy) ? check : "schema.migrations";
}

/** The routines by which witness and gate are asked. */
export function routinesOf({ version }: Pick<EngineFacts, "version">): {
  readonly witness: readonly string[];
  readonly gate: readonly string[];
} {
  return version === 1
    ? {
        witness: ["ssot.live_witness()"],
        gate: ["ssot.phase3_blockers()", "ssot.phase3_dependents()", "ssot.phase3_bodies()", "ssot.view_is_ours()"],
      }
    : {
        witness: ["ssot.live_witness(text)"],
        gate: [
          "ssot.phase3_blockers(text,jsonb)",
          "ssot.phase3_dependents(text,jsonb)",
          "ssot.phase3_bodies(text)",
          "ssot.phase3_readers(text,jsonb)",
          "ssot.unobserved_reads(text,jsonb)",
          "ssot.view_is_ours()",
        ],
      };
}

/** What is there, as far as checks depend on it. */
export interface Objects {
  readonly present: ReadonlySet<NeededObject>;
  /** Names of the migrations in the ledger. */
  readonly applied: ReadonlySet<string>;
  readonly facts: EngineFacts;
  /** Recorded runs can be stored and read. */
  readonly records: boolean;
  /** Why nothing can be written here; undefined: it can. */
  readonly readOnly: string | undefined;
}

/** Looks at what is there. Reads the catalog, and the ledger where there is one. */
export async function readObjects(sql: Sql): Promise<Objects> {
  const facts = await readEngineFacts(sql);
  const { witness, gate } = routinesOf(facts);
  const [row] = await sql<({ [Name in NeededObject]: boolean } & Omit<Facts, "applied">)[]>`
    select to_regclass('ssot.ledger') is not null and to_regclass('ssot.task') is not null
             and to_regprocedure('ssot.is_placeholder(text)') is not null and to_regclass('ssot.org_country') is not null
             and to_regclass('ssot.phone_map') is not null as bookkeeping,
           (select count(*) from pg_catalog.pg_attribute as a
            where a.attrelid = to_regclass('public.calls_with_caller_names') and not a.attisdropped
              and a.attname in ('id', 'org_id', 'contact_id', 'call_direction', 'phone_number', 'created_at',
                                'resolved_caller_name', 'name_source')) = 8 as view,
           (select count(*) from pg_catalog.pg_attribute as a
            where a.attrelid = to_regclass('public.calls') and a.attname in (${missionColumns.name}, ${missionColumns.number}) and not a.attisdropped) = 2
             as columns,
           exists (select from pg_catalog.pg_attribute as a
                   where a.attrelid = to_regclass('public.contacts') and a.attname = 'source' and not a.attisdropped) as source,
           (select count(*) from pg_catalog.pg_attribute as a
            where a.attrelid = to_regclass('public.deprecated_column_audit') and not a.attisdropped
              and a.attname in ('call_id', 'column_name', 'old_value', 'new_value', 'detected_at', 'seen')) = 6 as audit,
           to_regclass('ssot.witness') is not null
             and (select bool_and(to_regprocedure(r.name) is not null) from unnest(${[...witness]}::text[]) as r(name)) as witness,
           (select bool_and(to_regprocedure(r.name) is not null) from unnest(${[...gate]}::text[]) as r(name)) as gate,
           exists (select from pg_catalog.pg_index as x
                   where x.indrelid = to_regclass('public.contacts') and x.indisunique and x.indisvalid and x.indnkeyatts = 2
                     and x.indpred is null and x.indexprs is null
                     and (select count(*) from pg_catalog.pg_attribute as a
                          where a.attrelid = x.indrelid and a.attnum in (x.indkey[0], x.indkey[1]) and a.attname in ('org_id', 'phone')) = 2)
             as "uniqueIndex",
           coalesce(has_table_privilege(to_regclass('ssot.verification_runs'), 'INSERT'), false) as records,
           to_regclass('ssot.ledger') is not null as ledger,
           pg_is_in_recovery() as standby,
           (select s.reset_val from pg_catalog.pg_settings as s where s.name = 'default_transaction_read_only') = 'on' as "readOnly"`;
  if (row === undefined) throw new Error("the catalog gave no answer");
  const { records, ledger, standby, readOnly } = row;
  const applied = ledger ? await sql<{ name: string }[]>`select l.name from ssot.ledger as l order by l.name` : [];
  return {
    present: new Set(neededObjects.filter((name) => row[name])),
    applied: new Set(applied.map(({ name }) => name)),
    facts,
    records,
    readOnly: standby ? "this server is a hot standby" : readOnly ? "this server is read-only" : undefined,
  };
}

interface Facts {
  readonly records: boolean;
  readonly ledger: boolean;
  readonly standby: boolean;
  readonly readOnly: boolean;
  readonly applied: never;
}
