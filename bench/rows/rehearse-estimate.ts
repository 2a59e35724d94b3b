import { migrate } from "../../src/core/migrate.ts";
import { rehearse } from "../../src/core/rehearse/rehearse.ts";
import type { BenchContext, BenchRow, Result } from "../row.ts";
import { ensureDatabase, vacuum } from "../support/databases.ts";
import { median } from "../support/measure.ts";
import { migrateOptions } from "../support/run-options.ts";
import type { BenchServer } from "../support/server.ts";

// The copy has so much less of everything.
const less = 4;

const prepare = (server: BenchServer, calls: number): Promise<string> =>
  ensureDatabase(server, `rehearse_${calls}`, async (unfinished) => {
    await server.create(unfinished, { calls, contacts: calls / 4, dirt: true });
    await vacuum(server, unfinished);
  });

/** What a rehearsal on a copy of a quarter expects, and what the runs then take on the target's size, in ms. */
async function once(server: BenchServer, copy: string, target: string): Promise<Readonly<Record<string, number>>> {
  await server.clone("rehearsal_copy", copy);
  const { runs } = await rehearse({
    ...migrateOptions(server, "rehearsal_copy"),
    original: server.target(target),
    copyProblems: [],
    phase3: true,
    verify: {
      suitesDirectory: undefined,
      thresholds: new Map(),
      settings: { tenantRole: "authenticated", tenantConfigured: false, tenantSettings: {}, dashboard: undefined },
      timeoutSeconds: 60,
    },
    limits: {},
  });
  const expected = (name: string): number => runs.find((run) => run.name === name)?.estimateMs ?? Number.NaN;
  await server.clone("rehearsal_target", target);
  const timed = async (phase3: boolean): Promise<number> => {
    const began = performance.now();
    await migrate(
      migrateOptions(server, "rehearsal_target", { phase3, ...(phase3 ? { force: { reason: "bench" } } : {}) }),
    );
    return performance.now() - began;
  };
  const [forward, drop] = [await timed(false), await timed(true)];
  return { migrate: expected("migrate") / forward, drop: expected("drop") / drop };
}

async function measure(context: BenchContext): Promise<readonly Result[]> {
  const server = await context.server();
  const copy = await prepare(server, context.size.calls / less);
  const target = await prepare(server, context.size.calls);
  const found: Readonly<Record<string, number>>[] = [];
  for (let round = 0; round < (context.rounds ?? 3); round += 1) found.push(await once(server, copy, target));
  return ["migrate", "drop"].flatMap((name): readonly Result[] => {
    const ratio = median(found.map((each) => each[name] ?? Number.NaN));
    // Too much is as wrong as too little.
    return [
      { what: `${name}: expected / taken`, value: ratio, unit: "x" },
      { what: `${name}: off by`, value: Math.max(ratio, 1 / ratio), unit: "x", goal: { atMost: 2 } },
    ];
  });
}

export const rehearseEstimate: BenchRow = {
  id: "rehearse-estimate",
  measures: "durations that a rehearsal on a copy with a quarter of the rows expects",
  against: "the runs on the target's size",
  run: measure,
};
