import { backfilledLinks } from "../../verify/after-migrate.ts";
import { suites } from "../../verify/index.ts";
import { ask } from "../checks/ask.ts";
import type { QueryCheck } from "../checks/define.ts";
import type { Connection } from "../db/connection.ts";
import { listLines, SsotError } from "../model/errors.ts";

/**
 * Checks that what was applied is there as it is meant: those checks of the suites that look at objects and journals.
 * Throws POSTCONDITION with every claim that does not hold.
 */
export async function checkPostconditions({ sql }: Connection, applied: readonly string[]): Promise<void> {
  const broken: string[] = [];
  for (const [suite, { id, claim, hint, sql: query }] of postconditionsOf(applied)) {
    const rows = await ask(sql, query, { org: null });
    if (rows.length > 0) broken.push(`${claim} (${suite}.${id}: ${rows.length}). ${hint}`);
  }
  if (broken.length === 0) return;
  throw new SsotError("POSTCONDITION", `the migrations were applied, but not everything holds:${listLines(broken)}`, {
    hint: "Nothing was taken back by itself. Mend what each line says and run the same command again, or take it back: ssot rollback. ssot verify names the rows.",
  });
}

function postconditionsOf(applied: readonly string[]): readonly (readonly [suite: string, check: QueryCheck])[] {
  const all = [...suites, { id: "after-migrate", checks: [backfilledLinks] }];
  return all.flatMap(({ id, checks }) =>
    checks.flatMap((check): readonly (readonly [string, QueryCheck])[] => {
      const { after, until, postcondition } = check;
      const due = after !== undefined && applied.includes(after) && !(until !== undefined && applied.includes(until));
      return check.kind === "query" && postcondition && due ? [[id, check]] : [];
    }),
  );
}
