import postgres from "postgres";
import { expect, inject, test } from "vitest";
import { adoptionLayouts } from "./adoption.ts";
import { catalogLayouts } from "./catalog.ts";
import { holdRule, type Layout } from "./layout.ts";
import { partLayouts } from "./parts.ts";
import { peopleLayouts } from "./people.ts";
import { roleLayouts } from "./roles.ts";
import { settingLayouts } from "./settings.ts";
import { trialLayouts } from "./trial.ts";
import { triggerLayouts } from "./triggers.ts";
import { trustLayouts } from "./trust.ts";
import { typeLayouts } from "./types.ts";
import { viewLayouts } from "./views.ts";
import { withheldLayouts } from "./withheld.ts";

const layouts: readonly Layout[] = [
  ...settingLayouts,
  ...typeLayouts,
  ...catalogLayouts,
  ...roleLayouts,
  ...viewLayouts,
  ...adoptionLayouts,
  ...partLayouts,
  ...peopleLayouts,
  ...withheldLayouts,
  ...triggerLayouts,
  ...trialLayouts,
  ...trustLayouts,
];

const [server] = await asServer();
const here = layouts.filter(({ since = 15 }) => since <= Number(server?.major));

test.each(here)("$what", holdRule);

test("every layout has its own name", () => {
  expect(new Set(layouts.map(({ what }) => what)).size).toBe(layouts.length);
  process.stderr.write(`\nlayouts held to the general rule: ${here.length} of ${layouts.length}\n\n`);
});

async function asServer(): Promise<readonly { readonly major: number }[]> {
  const sql = postgres(inject("testServer").url, { max: 1 });
  try {
    return await sql<{ major: number }[]>`select current_setting('server_version_num')::integer / 10000 as major`;
  } finally {
    await sql.end();
  }
}
