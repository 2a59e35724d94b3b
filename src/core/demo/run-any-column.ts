import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Sql } from "postgres";
import { connect, type Notice } from "../../db/connection.ts";
import { auditDeprecated } from "../audit/audit-deprecated.ts";
import { deprecate } from "../deprecate/deprecate.ts";
import { migrate } from "../migrate.ts";
import { rollback } from "../rollback.ts";
import { letAMonthPass } from "./demo-queries.ts";
import { beginStory, type DemoClaim, type DemoOptions, describeRestored, dropRefused, runOptions } from "./story.ts";
import { addPage, authorOf, buildWiki, fingerprintNames, readFigures, type WikiFigures } from "./wiki-queries.ts";

export interface AnyColumnReport {
  readonly command: "demo";
  readonly ok: boolean;
  readonly claims: readonly DemoClaim[];
  readonly before: WikiFigures;
  readonly dropped: WikiFigures;
  readonly back: WikiFigures;
}

/**
 * Tells on an empty database how any column is retired: a wiki without calls, whose pages keep a copy of their author's name.
 * `directory` is an empty folder that gets the files; every claim is asked of the database.
 */
export async function runAnyColumn(options: DemoOptions): Promise<AnyColumnReport> {
  const { target, directory } = options;
  const connection = await connect(target);
  const notices: Notice[] = [];
  const application = await connect(target, { onNotice: (notice) => notices.push(notice) });
  const { sql } = connection;
  const { claims, claim } = beginStory(options);
  try {
    await buildWiki(connection);
    await application.execute("set application_name = 'wiki'");
    const before = await readFigures(sql);
    claim(
      "Pages show names that their authors no longer have",
      before.pages === 12 && before.stale === 3,
      `${before.stale} of ${before.pages} pages: pages.author_name was copied from users.name, and the user was renamed since`,
    );

    const {
      files: [mark = "", drop = ""],
    } = await deprecate({
      target,
      names: ["pages.author_name"],
      reason: "users.name is the source",
      replacedBy: "users.name through pages.author_id",
      owner: undefined,
      quiet: undefined,
      notBefore: undefined,
      derive: { "": "(select u.name from public.users as u where u.id = t.author_id)" },
      allow: {},
      acceptsLoss: false,
      story: [directory],
      into: directory,
      newConfiguration: join(directory, "ssot.config.json"),
      now: new Date(),
    });
    claim(
      "ssot deprecate writes two files, and changes no database",
      !(await hasEngine(sql)),
      `${basename(mark)}\n${await statementsOf(mark)}\n${basename(drop)}\n${await statementsOf(drop)}`,
    );

    const { applied, held } = await migrate(runOptions(options));
    claim(
      "ssot migrate marks the column, and holds the drop",
      applied.length === 1 && held.length === 1,
      `held: ${held[0]?.reasons.join("; ")}`,
    );

    await application.sql`update public.pages set author_name = 'Grace M. Hopper' where id = 1`;
    const warning = notices.find(({ severity }) => severity === "WARNING");
    claim(
      "An application that still writes it is warned, and its write succeeds",
      warning !== undefined && (await authorOf(sql, "author_name", 1)) === "Grace M. Hopper",
      `WARNING: ${warning?.message}\nHINT: ${warning?.hint}`,
    );

    const { writes } = await auditDeprecated({ target, since: new Date(0), limit: 10 });
    const [writer] = writes.byWriter;
    claim(
      "ssot audit deprecated names the writer",
      writes.total === 1 && writer?.application === "wiki",
      `${writes.total} write by ${writer?.application} (role ${writer?.role}): ${writes.recent[0]?.statement}`,
    );

    const refusal = await dropRefused(options);
    claim("The drop is refused while its gate is closed", refusal !== undefined, refusal ?? "it was not refused");

    await letAMonthPass(sql, "ssot.column_audit");
    const names = await fingerprintNames(sql, 12);
    const done = await migrate({ ...runOptions(options), phase3: true });
    const late = await addPage(application.sql);
    const shown = await authorOf(sql, "users.name", late);
    const dropped = await readFigures(sql);
    claim(
      "After a month of silence the column is dropped",
      done.applied.length === 1 && dropped.stored === null,
      `(the demo moved its own ledger and audit 32 days back) ${done.applied[0]?.effects.valuesArchived} values archived`,
    );
    claim(
      "A page written after the drop shows its author's name",
      shown === "Grace Hopper",
      `page ${late} has no copy, and shows ${shown}`,
    );

    const report = await rollback({ ...runOptions(options), all: false });
    const derived = await authorOf(sql, "author_name", late);
    claim(
      "ssot rollback brings the column back, and derives the late value",
      (await fingerprintNames(sql, 12)) === names && derived === "Grace Hopper",
      `${describeRestored(report)}; page ${late} got ${derived}`,
    );
    const back = await readFigures(sql);
    return { command: "demo", ok: claims.every(({ held: isHeld }) => isHeld), claims, before, dropped, back };
  } finally {
    await application.close();
    await connection.close();
  }
}

async function hasEngine(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ present: boolean }[]>`select to_regnamespace('ssot') is not null as present`;
  return row?.present ?? false;
}

/** The statements of a story file's first step. */
async function statementsOf(file: string): Promise<string> {
  const lines = (await readFile(file, "utf8")).split("\n");
  const from = lines.indexOf("begin;") + 1;
  return lines.slice(from, lines.indexOf("commit;")).join("\n");
}
