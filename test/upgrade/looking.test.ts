import { expect, test } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { draw } from "../support/draw.ts";
import { type UpgradeStateName, upgradeStates } from "../support/upgrade-fixtures.ts";
import { expected } from "./expected.ts";
import { changingNothing, ends, openStates } from "./opened.ts";

const open = openStates();

async function look(database: TestDatabase, name: UpgradeStateName): Promise<void> {
  const { verify, audit } = expected[name];
  await ends(database, "status", 0);
  await ends(database, "verify", verify.exitCode, verify.why);
  await ends(database, "audit deprecated", audit.exitCode, audit.why);
  await ends(database, "doctor", 0);
}

test.each(draw("looks at 0.1.0", upgradeStates, ({ name }) => name, 0.2))(
  "$name, $what: looking ends as it did, and changes nothing",
  async ({ name }) => {
    const database = await open(name);
    await changingNothing(database.sql, () => look(database, name));
  },
);

const changing = ["migrate", "migrate --phase 3", "rollback --all --yes", "finalize --yes", "audit prune"];
const halfWay = upgradeStates.filter(({ interrupted }) => interrupted !== undefined);

test.each(halfWay)("$name: what changes something is refused, and says what to do", async ({ name }) => {
  const database = await open(name);
  await changingNothing(database.sql, async () => {
    for (const command of changing) {
      const told = (await ends(database, command, 4)).replaceAll(/\s+/g, " ");
      expect(told).toContain("is half-way, by ssot 0.1.0");
      expect(told).toContain(
        "with ssot 0.1.0 (ssot migrate, ssot rollback), then run this again. Nothing was changed.",
      );
    }
  });
});
