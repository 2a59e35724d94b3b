// The claims as the peers have them: a pgTAP test file a suite, and a sqitch project with one change a suite.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { claims, type PeerClaim } from "./claims.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Writes both into a folder; gives the test files of pgTAP. */
export function writePeers(directory: string): readonly string[] {
  const suites = [...new Set(claims.map(({ suite }) => suite))];
  for (const folder of ["pgtap", "sqitch/deploy", "sqitch/verify"])
    mkdirSync(join(directory, folder), { recursive: true });
  writeFileSync(join(directory, "sqitch", "sqitch.conf"), "[core]\n\tengine = pg\n");
  const planned = suites.map((suite) => `${suite} 2026-02-09T00:00:00Z Bench <bench@example.org> # ${suite}`);
  const plan = ["%syntax-version=1.0.0", "%project=peers", "", ...planned, ""];
  writeFileSync(join(directory, "sqitch", "sqitch.plan"), plan.join("\n"));
  return suites.map((suite) => {
    const asked = claims.filter((claim) => claim.suite === suite);
    writeFileSync(
      join(directory, "sqitch", "deploy", `${suite}.sql`),
      `-- ${suite}: the migrations are applied already.\n`,
    );
    writeFileSync(join(directory, "sqitch", "verify", `${suite}.sql`), inTransaction(asked.map(asSqitch)));
    const file = join(directory, "pgtap", `${suite}.sql`);
    writeFileSync(
      file,
      inTransaction([`select plan(${asked.length})`, ...asked.map(asPgtap), "select * from finish()"]),
    );
    return file;
  });
}

function inTransaction(statements: readonly string[]): string {
  return `${["begin", "set local client_min_messages = error", ...statements, "rollback"].join(";\n")};\n`;
}

function asPgtap({ claim, before, broken }: PeerClaim): string {
  return `${before === undefined ? "" : `${before};\n`}select is_empty($claim$${broken}$claim$, ${quoted(claim)})`;
}

// A verify script of sqitch has to fail, or nothing was found.
function asSqitch({ claim, before, broken }: PeerClaim): string {
  return `${before === undefined ? "" : `${before};\n`}do $do$ begin if exists (${broken}) then raise exception '%', ${quoted(claim)}; end if; end $do$`;
}
