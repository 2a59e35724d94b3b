import type { Connection } from "../db/connection.ts";
import { type ChangedRows, type ForeignTrigger, listForeignTriggers } from "../db/queries/foreign-triggers.ts";
import type { Obstacle } from "../db/queries/obstacles/obstacle.ts";
import { listForeignCode } from "../db/queries/trusted-code.ts";
import { listLines, SsotError } from "../model/errors.ts";
import { shellWord } from "../model/shell-word.ts";

/** What a run may call of other people's code. */
export interface CodeOptions extends ChangedRows {
  /** Triggers that are not BEFORE ROW: refused, unless they may fire. */
  readonly userTriggers: "refuse" | "fire";
  /** Roles whose code may run with our rights, besides those that are trusted anyway. */
  readonly trustRoles?: readonly string[] | undefined;
}

/**
 * Gives the triggers of others that changed rows will fire. Throws FOREIGN_CODE where code of somebody who is not trusted would run with
 * our rights, and FOREIGN_TRIGGER where a trigger is not BEFORE ROW: what it tells others cannot be taken back.
 */
export async function refuseOthersCode(
  connection: Connection,
  { userTriggers, trustRoles = [], tables, onlyCalls }: CodeOptions,
): Promise<readonly ForeignTrigger[]> {
  await refuseForeignCode(connection, trustRoles, tables);
  const triggers = await listForeignTriggers(connection.sql, { tables, onlyCalls });
  const loud = triggers.filter(({ harmless }) => !harmless);
  if (loud.length === 0 || userTriggers === "fire") return triggers;
  const list = loud.map(({ table, name, when }) => `${table}.${name} (${when})`).join(", ");
  throw new SsotError("FOREIGN_TRIGGER", `these triggers would fire on every row that is changed: ${list}`, {
    hint: "Disable them, or let them fire with --user-triggers fire. Nothing was changed.",
  });
}

/** The same code as obstacles, for those who only look. */
export async function foreignCodeObstacles(
  { sql }: Connection,
  trustRoles: readonly string[],
  tables?: readonly string[] | undefined,
): Promise<readonly Obstacle[]> {
  const code = await listForeignCode(sql, trustRoles, tables);
  return code.map(({ what, owner }) => ({
    what,
    remedy: `look at it, then give it to a role that is trusted, or: --trust-role ${owner}`,
    option: `--trust-role ${shellWord(owner)}`,
  }));
}

async function refuseForeignCode(
  connection: Connection,
  trustRoles: readonly string[],
  tables: readonly string[] | undefined,
): Promise<void> {
  const code = await foreignCodeObstacles(connection, trustRoles, tables);
  if (code.length === 0) return;
  const list = listLines(code.map(({ what }) => what));
  throw new SsotError("FOREIGN_CODE", `code of others would run with the rights of this role:${list}`, {
    hint: `${[...new Set(code.map(({ remedy }) => remedy))].join("; ")}. Nothing was changed.`,
  });
}
