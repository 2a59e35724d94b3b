import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadSeedCase } from "../../../fixtures/seed-case.ts";
import type { Connection } from "../../db/connection.ts";
import type { Effects } from "../../model/migration.ts";
import { packageRoot } from "../../model/package-root.ts";
import { type MigrateReport, migrate } from "../migrate.ts";
import { type CallerFigures, figuresAfter, figuresBefore } from "./demo-queries.ts";
import { type DemoOptions, percent, runOptions, type Story } from "./story.ts";

/** The story's beginning, on an empty database: the seed's data with its unknown callers, and the migrations. */
export async function tellMigration(
  { sql, execute }: Connection,
  options: DemoOptions,
  { claim }: Story,
): Promise<{ readonly before: CallerFigures; readonly after: CallerFigures }> {
  await execute(await readFile(join(packageRoot(), "fixtures", "base-schema.sql"), "utf8"));
  await loadSeedCase(sql);
  const before = await figuresBefore(sql);
  claim(
    "The dashboard shows unknown callers",
    before.unknown === 5 && before.inbound === 11,
    `${before.unknown} of ${before.inbound} inbound calls read "Unknown Caller" (${percent(before.unknown, before.inbound)})`,
  );

  const { applied } = await migrate(runOptions(options));
  claim("ssot migrate applies the four migrations", applied.length === 4, describeEffects(applied));

  const after = await figuresAfter(sql);
  claim(
    "Every post-condition holds, and nobody is unknown",
    after.unknown === 0 && after.outboundLinked === after.outbound,
    `inbound ${after.inboundLinked} of ${after.inbound} linked (${percent(after.inboundLinked, after.inbound)}), outbound ${after.outboundLinked} of ${after.outbound}, unknown ${after.unknown}`,
  );
  return { before, after };
}

function describeEffects(applied: MigrateReport["applied"]): string {
  const effects: Effects = Object.fromEntries(applied.flatMap((migration) => Object.entries(migration.effects)));
  return `calls linked: ${effects.callsLinked}, numbers normalised: ${effects.phonesNormalised}, names replaced: ${effects.namesReplaced} (rescued from calls: ${effects.namesRescued})`;
}
