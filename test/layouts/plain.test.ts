import { expect, test } from "vitest";
import { holdRule } from "./layout.ts";
import { settingLayouts } from "./settings.ts";

test("nothing odd: the rule holds", async () => {
  await holdRule(settingLayouts.find(({ sql }) => sql === "") ?? expect.unreachable());
});
