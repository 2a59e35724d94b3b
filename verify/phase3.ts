import { z } from "zod";
import { defineRead, defineSuite, type Look, plainText, type ReadCheck } from "../src/checks/define.ts";
import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { migrationNames } from "../src/checks/migration-names.ts";
import { byDeprecation } from "../src/model/deprecated-column.ts";
import { gateHint } from "../src/model/gate-hints.ts";
import { recordedReaders } from "./recorded-readers.ts";

const { deprecate, drop } = migrationNames;
const reason = z.object({ reason: plainText });

/** One condition of the drop's gate, with what speaks against it. */
function condition(id: string, claim: string, code: string): ReadCheck {
  return defineRead({
    id,
    claim,
    hint: gateHint(code),
    needs: ["gate"],
    until: drop,
    schema: reason,
    look: async ({ sql, gate, facts }) => {
      if (code === "privilege" && !(await runsMigrations(sql))) {
        return { population: 0, broken: 0, skip: "this role only reads: the one that drops the columns is asked" };
      }
      const asked = await Promise.all(judgedDeprecations(facts).map(gate));
      const against = asked.flat().filter((found) => found.code === code);
      return {
        population: 1,
        broken: against.length,
        actual: against.map(({ message }) => message).join("; ") || "nothing speaks against it",
        rows: against.map(({ message }) => ({ reason: message })),
      };
    },
  });
}

/** What time alone allows to drop, by the migration that deprecated it; where nothing is recorded, the mission's gate says so. */
function dueDeprecations({ deprecated }: EngineFacts): readonly string[] {
  if (deprecated.length === 0) return [deprecate];
  const due = [...byDeprecation(deprecated)].filter(
    ([migration, columns]) =>
      columns.every((column) => column.due) && (migration === deprecate || columns.some(({ present }) => present)),
  );
  return due.map(([migration]) => migration);
}

// Before any is due all are asked, and what is found is announced.
function judgedDeprecations(facts: EngineFacts): readonly string[] {
  const due = dueDeprecations(facts);
  return due.length > 0 ? due : [...byDeprecation(facts.deprecated).keys()];
}

async function runsMigrations(sql: Look["sql"]): Promise<boolean> {
  const [row] = await sql<{ runs: boolean }[]>`
    select pg_has_role(n.nspowner, 'MEMBER') as runs from pg_catalog.pg_namespace as n where n.nspname = 'ssot'`;
  return row?.runs ?? false;
}

/** Phase 3 is judged from the day on which time alone would allow it. */
async function untilDue({ applied, facts }: Look): Promise<string | undefined> {
  if (applied.has(drop) || !applied.has(deprecate) || dueDeprecations(facts).length > 0) return undefined;
  const moments = [...byDeprecation(facts.deprecated).values()].map((columns) =>
    Math.max(...columns.map(({ dropAfter }) => dropAfter.getTime())),
  );
  return `not due before ${new Date(Math.min(...moments)).toISOString().slice(0, 10)}`;
}

/** The conditions of the gate before the drop, each with its evidence. */
export const phase3 = defineSuite({
  id: "phase3",
  title: "the deprecated columns may be dropped",
  notYet: untilDue,
  checks: [
    condition("writers", "nobody wrote the deprecated columns in the last month", "writer"),
    condition("witness", "the witness was awake and untouched all the time", "witness"),
    condition("dependents", "nothing else depends on the columns", "dependent"),
    condition("functions", "no function's body names the columns", "function"),
    condition("jobs", "no job of pg_cron names the columns", "job"),
    condition("view", "the view is what migration 3 made", "view"),
    condition("privileges", "this role may drop them", "privilege"),
    defineRead({
      id: "readers",
      claim: "nobody who is known read the deprecated columns in the last month, as far as pg_stat_statements has seen",
      hint: gateHint("reader"),
      needs: ["gate"],
      until: drop,
      schema: z.object({ role: plainText, calls: z.number(), names: plainText, how: plainText, statement: plainText }),
      look: async (look) => recordedReaders(look, dueDeprecations(look.facts)),
    }),
  ],
});
