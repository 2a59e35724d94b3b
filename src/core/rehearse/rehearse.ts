import { type Connection, connect } from "../../db/connection.ts";
import { clearLoad } from "../../db/queries/rehearsal/load.ts";
import { listTableStates } from "../../db/queries/rehearsal/measures.ts";
import { dropRehearsalSchema, listOriginals, makeRehearsalSchema } from "../../db/queries/rehearsal/original.ts";
import { describeTarget, type Target } from "../../db/target.ts";
import { findDrops } from "../../migrations/deprecations.ts";
import { readHistory, statesOf } from "../../migrations/history.ts";
import { loadMigrations } from "../../migrations/load-migrations.ts";
import { hasMission } from "../../migrations/packs.ts";
import { selectMigrations } from "../../migrations/select-migrations.ts";
import { SsotError } from "../../model/errors.ts";
import { placeOf as nameOf } from "../../model/evidence.ts";
import type { Migration } from "../../model/migration.ts";
import { readVersion } from "../../model/version.ts";
import { refuseOthersCode } from "../others-code.ts";
import { withCopy } from "./copy-session.ts";
import { leftOnCopy } from "./left-on-copy.ts";
import { judgeLimits } from "./limits.ts";
import { Load } from "./load/load.ts";
import { describeFindings } from "./make-report.ts";
import type { RehearseOptions } from "./options.ts";
import { findTraces } from "./refuse-copy.ts";
import { Rehearsal } from "./rehearsal.ts";
import { isServed, type PlaceReport, type RehearseReport } from "./report.ts";

/**
 * Migrates a copy, verifies it, takes everything back, compares it with what it was and migrates it again; with Phase 3 the drop and its
 * way back as well. What broke a limit or did not come back is a finding in the report. Throws as `migrate`, `rollback` and `verify` do, and
 * PREFLIGHT for what is no copy, or where nothing is pending. Cut off, the same command takes back what was done and begins anew.
 */
export async function rehearse(told: RehearseOptions): Promise<RehearseReport> {
  // Each run would say again where it works.
  const { onTarget, ...progress } = told.progress;
  const options: RehearseOptions = { ...told, progress };
  const began = performance.now();
  const at = new Date().toISOString();
  const migrations = await loadMigrations(options.directory);
  if (options.writeLoad !== undefined && !hasMission(migrations)) {
    throw new SsotError("USAGE", "--write-load knows calls and contacts only, which this project has not");
  }
  progress.onStage?.("looking at copy and target");
  const sizes = options.original === undefined ? undefined : await readSizes(options.original);
  return withCopy(
    { copy: options.target, target: options.original, trustRoles: options.trustRoles ?? [] },
    async (session) => {
      const { looker } = session;
      onTarget?.(describeTarget(options.target), looker.serverVersion);
      const { sql } = looker;
      const rehearsal = new Rehearsal(session, options, migrations);
      const wentOn = await findTraces(looker);
      if (wentOn) {
        progress.onStage?.("taking back what an earlier rehearsal left");
        await clearLoad(sql);
        await takeBackAll(looker, rehearsal);
      }
      await refuseNothing(looker, migrations, options);
      // What fires on the making of a schema fires with our rights.
      await refuseOthersCode(looker, { userTriggers: "fire", trustRoles: options.trustRoles, tables: [] });
      await makeRehearsalSchema(sql);
      const load = await openLoad(looker, options).catch(async (error: unknown) => {
        // What an earlier rehearsal kept there is not ours to forget.
        if (!wentOn) await dropRehearsalSchema(sql);
        throw error;
      });
      if (load !== undefined) rehearsal.accompany(load);
      try {
        await rehearsal.forward();
        if (options.phase3 && rehearsal.findings.stopped === null) await rehearsal.drop();
      } catch (error) {
        throw leftOnCopy(error);
      } finally {
        await load?.close();
      }
      session.refuseDisturbed();
      await dropRehearsalSchema(sql);
      const { findings } = rehearsal;
      const { verify: verified } = findings;
      if (verified === undefined) throw new Error("the copy was not verified");
      const found = describeFindings(findings, sizes?.tables);
      const limits = judgeLimits(options.limits, found);
      const equal = found.compared.length > 0 && found.compared.every((stage) => stage.equal);
      const { held, waived, stopped } = findings;
      const loaded = load?.report ?? null;
      return {
        command: "rehearse",
        ok:
          equal &&
          verified.ok &&
          (loaded === null || isServed(loaded)) &&
          held.length === 0 &&
          limits.every((limit) => limit.held),
        equal,
        differences: found.differences,
        compared: found.compared,
        notCompared: found.notCompared,
        stamped: found.stamped,
        runs: found.runs,
        steps: found.steps.map(({ holds: _, ...step }) => step),
        growth: found.growth,
        limits,
        verify: verified,
        load: loaded,
        held,
        waived,
        stopped,
        wentOn,
        clientMemoryBytes: session.watch.peakMemory,
        durationMs: Math.round(performance.now() - began),
        at,
        tool: readVersion(),
        copy: placeOf(options.target, looker.serverVersion),
        copyProblems: options.copyProblems,
        target: options.original === undefined || sizes === undefined ? null : placeOf(options.original, sizes.server),
      };
    },
  );
}

function placeOf(target: Target, server: number): PlaceReport {
  return { name: describeTarget(target), server: String(server), ...nameOf(target) };
}

async function takeBackAll(looker: Connection, rehearsal: Rehearsal): Promise<void> {
  try {
    for (const original of await listOriginals(looker.sql)) await rehearsal.takeBack(original);
  } catch (error) {
    throw leftOnCopy(error);
  }
}

async function openLoad(looker: Connection, options: RehearseOptions): Promise<Load | undefined> {
  if (options.writeLoad === undefined) return undefined;
  // What fires on the rows of the load fires with our rights.
  await refuseOthersCode(looker, { userTriggers: options.userTriggers, trustRoles: options.trustRoles });
  return Load.open(options.target, looker.sql, options.writeLoad);
}

async function readSizes(target: Target) {
  const connection = await connect(target);
  try {
    await connection.execute("begin isolation level repeatable read, read only");
    return { tables: await listTableStates(connection.sql), server: connection.serverVersion };
  } finally {
    await connection.execute("rollback").catch(() => []);
    await connection.close();
  }
}

async function refuseNothing(
  looker: Connection,
  migrations: readonly Migration[],
  options: RehearseOptions,
): Promise<void> {
  const states = statesOf(migrations, await readHistory(looker));
  const drops = options.drops === undefined ? undefined : findDrops(migrations, options.drops);
  const { pending } = selectMigrations(migrations, states, { ...options, to: undefined, drops });
  if (pending.length > 0) return;
  throw new SsotError("PREFLIGHT", "nothing is pending on the copy: there is nothing to rehearse", {
    hint: options.phase3
      ? "Take a copy from before, or take this one back: ssot rollback --all. Nothing was changed."
      : "The drop is rehearsed with --phase 3. Nothing was changed.",
  });
}
