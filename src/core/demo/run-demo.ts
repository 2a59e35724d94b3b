import { takeCall } from "../../../verify/probe-call.ts";
import { recentCalls } from "../../dashboard/recent-calls.ts";
import { connect } from "../../db/connection.ts";
import { missionColumns } from "../../model/mission.ts";
import { migrate } from "../migrate.ts";
import { rollback } from "../rollback.ts";
import {
  type CallerFigures,
  figuresAfter,
  fingerprintDeprecated,
  firstOrganisation,
  letAMonthPass,
} from "./demo-queries.ts";
import { beginStory, type DemoClaim, type DemoOptions, describeRestored, dropRefused, runOptions } from "./story.ts";
import { tellMigration } from "./tell-migration.ts";

export interface DemoReport {
  readonly command: "demo";
  readonly ok: boolean;
  readonly claims: readonly DemoClaim[];
  readonly before: CallerFigures;
  readonly after: CallerFigures;
}

/** Tells the whole story on an empty database, with the seed's data; every claim is asked of the database. */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const connection = await connect(options.target);
  const { sql } = connection;
  const story = beginStory(options);
  const { claims, claim } = story;
  try {
    const { before } = await tellMigration(connection, options, story);
    const orgId = await firstOrganisation(sql);
    const call = await takeCall(sql, {
      orgId,
      vapiCallId: "demo-first-call",
      number: "(415) 555-0177",
      name: "Ines Duarte",
    });
    const [shown] = await recentCalls(sql, { orgId, limit: 1 });
    claim(
      "A first-time caller gets a contact at once",
      call.contactCreated && shown?.caller_name === "Ines Duarte",
      `a call from a new number is shown as ${shown?.caller_name}`,
    );

    await sql`update public.contacts set name = 'Ines Duarte-Lang' where id = ${call.contactId}`;
    const [renamed] = await recentCalls(sql, { orgId, limit: 1 });
    claim(
      "A renamed contact is seen renamed at once",
      renamed?.caller_name === "Ines Duarte-Lang",
      `the same call is now shown as ${renamed?.caller_name}`,
    );

    await sql`update public.calls set ${sql(missionColumns.name)} = 'frozen again' where vapi_call_id = 'vapi-seed-07'`;
    const [audit] = await sql<
      { n: number }[]
    >`select count(*)::integer as n from public.deprecated_column_audit where column_name = ${missionColumns.name}`;
    claim(
      "A write to a deprecated column is witnessed",
      audit?.n === 1,
      `${audit?.n} row in deprecated_column_audit, and the write itself succeeded`,
    );

    const refusal = await dropRefused(options);
    claim("The drop is refused while its gate is closed", refusal !== undefined, refusal ?? "it was not refused");

    await letAMonthPass(sql, "public.deprecated_column_audit");
    const values = await fingerprintDeprecated(sql);
    const drop = await migrate({ ...runOptions(options), phase3: true });
    const [still] = await recentCalls(sql, { orgId, limit: 1 });
    claim(
      "After a month of silence the columns are dropped",
      drop.applied.length === 1 && still?.caller_name === "Ines Duarte-Lang",
      `(the demo moved its own ledger and audit 32 days back) ${drop.applied[0]?.effects.valuesArchived} values archived, names still shown`,
    );

    const back = await rollback({ ...runOptions(options), all: false });
    claim(
      "ssot rollback brings columns and values back",
      (await fingerprintDeprecated(sql)) === values,
      describeRestored(back),
    );
    return { command: "demo", ok: claims.every(({ held }) => held), claims, before, after: await figuresAfter(sql) };
  } finally {
    await connection.close();
  }
}
