import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase } from "../support/database.ts";
import { holdAt, type Point, untilGone, untilHeld } from "./hold-points.ts";
import { goOn, prepare, runUndisturbed, strikeAt, type Undisturbed } from "./matrix.ts";
import { argumentsOf, type RunName, runNames } from "./runs.ts";

/** Kills the command at a point with SIGKILL, and sees the server end the work that nobody waits for any more. */
async function killAt(
  name: RunName,
  clones: Clones,
  undisturbed: Undisturbed,
  point: Point,
): Promise<readonly string[]> {
  const database = await clones.clone();
  const { sql, url } = database;
  try {
    const letGo = await holdAt(sql, point);
    const child = spawn(process.execPath, [join(packageRoot(), "bin", "ssot.js"), ...argumentsOf(name, url)], {
      stdio: "ignore",
    });
    const exited = once(child, "exit");
    const pid = await untilHeld(sql, exited);
    child.kill("SIGKILL");
    await exited;
    await untilGone(sql, pid);
    await letGo();
    return await goOn(name, database, undisturbed);
  } finally {
    await database.drop();
  }
}

test.each(runNames)(
  "%s, its process killed at any point, goes on to the end state of an undisturbed run",
  async (name) => {
    const source = await createTestDatabase();
    await prepare(name, source);
    const clones = await cloneable(source);
    const clone = await clones.clone();
    const undisturbed = await runUndisturbed(name, clone);
    await clone.drop();
    await strikeAt("client killed", name, undisturbed.points, 2, (point) => killAt(name, clones, undisturbed, point));
    await clones.drop();
  },
);
