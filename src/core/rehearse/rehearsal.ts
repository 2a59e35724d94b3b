import { readGate } from "../../db/queries/gate.ts";
import { listTableStates } from "../../db/queries/rehearsal/measures.ts";
import type { Original, Stage } from "../../db/queries/rehearsal/original.ts";
import { readVerdicts } from "../../db/queries/verdicts.ts";
import { findDrops } from "../../migrations/deprecations.ts";
import { readHistory, statesOf } from "../../migrations/history.ts";
import { selectMigrations } from "../../migrations/select-migrations.ts";
import { SsotError } from "../../model/errors.ts";
import type { Effects, Migration } from "../../model/migration.ts";
import { migrate } from "../migrate.ts";
import { rollback } from "../rollback.ts";
import { verify } from "../verify.ts";
import type { CopySession } from "./copy-session.ts";
import type { Findings } from "./findings.ts";
import type { Load } from "./load/load.ts";
import type { RehearseOptions } from "./options.ts";
import { compareWithOriginal, takeOriginal } from "./originals.ts";
import type { RunName } from "./report.ts";
import { StepMeter } from "./step-meter.ts";

/** The acts of a rehearsal; each leaves what it found. */
export class Rehearsal {
  readonly findings: Findings = {
    runs: [],
    comparisons: [],
    held: [],
    waived: [],
    stopped: null,
    before: [],
    after: [],
  };
  readonly #session: CopySession;
  readonly #options: RehearseOptions;
  readonly #migrations: readonly Migration[];
  #load: Load | undefined;

  constructor(session: CopySession, options: RehearseOptions, migrations: readonly Migration[]) {
    this.#session = session;
    this.#options = options;
    this.#migrations = migrations;
  }

  /** From now on, every run has others beside it. */
  accompany(load: Load): void {
    this.#load = load;
  }

  /** Migrates, verifies, takes back what it applied, compares, and migrates again; where nothing of Phase 1 is pending, it verifies alone. */
  async forward(): Promise<void> {
    const { sql } = this.#session.looker;
    const applied = await this.#applied();
    if ((await this.#pending()).length === 0) {
      await this.#verify();
      return;
    }
    await this.#keep("migrate", applied);
    this.findings.before = await listTableStates(sql);
    await this.#migrate("migrate", { phase3: false });
    this.findings.after = await listTableStates(sql);
    await this.#verify();
    await this.#back("rollback", { stage: "migrate", applied });
    try {
      await this.#migrate("migrate again", { phase3: false });
    } catch (error) {
      // What was left behind is in its way: that is what has to be told.
      const isFinding = error instanceof SsotError && error.code !== "INTERRUPTED" && this.#differs;
      if (!isFinding) throw error;
      this.findings.stopped = `migrate again: ${error.message}`;
    }
  }

  /** Drops what is deprecated, takes that back, and compares. What the gate would wait for is set aside; what stands in the way is a finding. */
  async drop(): Promise<void> {
    const { sql } = this.#session.looker;
    const { phase3, drops } = this.#options;
    const asked = drops === undefined ? undefined : findDrops(this.#migrations, drops);
    const done = await this.#applied();
    const due = this.#migrations.filter(
      (each) =>
        each.phase === 3 && phase3 && !done.includes(each.name) && (asked === undefined || asked.includes(each)),
    );
    for (const { name, drops: mark } of due) {
      for (const reason of await readGate(sql, mark, await readVerdicts(sql, mark, this.#options.asks))) {
        const told = due.length === 1 ? reason.message : `${name}: ${reason.message}`;
        if (!reason.canForce) this.findings.held.push(told);
        else if (!isWait(reason.code)) this.findings.waived.push(told);
      }
    }
    if (due.length === 0 || this.findings.held.length > 0) return;
    await this.#keep("drop", done);
    await this.#migrate("drop", { phase3: true, drops, force: { reason: "rehearsed on a copy" } });
    await this.#back("rollback of the drop", { stage: "drop", applied: done });
  }

  /** Takes back what a rehearsal that was cut off left, and compares. */
  async takeBack({ stage, applied }: Pick<Original, "stage" | "applied">): Promise<void> {
    await this.#back(stage === "drop" ? "rollback of the drop" : "rollback", { stage, applied });
    this.findings.runs.length = 0;
  }

  async #keep(stage: Stage, applied: readonly string[]): Promise<void> {
    this.#options.progress.onStage?.("keeping what the copy is");
    await takeOriginal(this.#session.looker, stage, applied);
  }

  async #migrate(
    name: RunName,
    how: Pick<RehearseOptions, "phase3"> & {
      readonly drops?: readonly string[] | undefined;
      readonly force?: { readonly reason: string };
    },
  ): Promise<void> {
    await this.#measure(name, async (observer) => {
      const { applied } = await migrate({ ...this.#options, drops: undefined, ...how, verify: true, observer });
      return Object.fromEntries(applied.map((each) => [each.name, each.effects]));
    });
  }

  async #back(
    name: RunName,
    { stage, applied }: { readonly stage: Stage; readonly applied: readonly string[] },
  ): Promise<void> {
    await this.#measure(name, async (observer) => {
      await rollback({ ...this.#options, all: true, keep: applied, observer });
      return {};
    });
    this.#options.progress.onStage?.("comparing");
    this.findings.comparisons.push(await compareWithOriginal(this.#session.looker, stage));
  }

  async #measure(
    name: RunName,
    work: (observer: StepMeter) => Promise<Readonly<Record<string, Effects>>>,
  ): Promise<void> {
    const { looker, watch, refuseDisturbed } = this.#session;
    this.#options.progress.onStage?.(name);
    const meter = new StepMeter(looker, watch, { accompanied: this.#load !== undefined });
    const began = performance.now();
    const effects = await (this.#load === undefined ? work(meter) : this.#load.during(name, () => work(meter)));
    const durationMs = Math.round(performance.now() - began);
    refuseDisturbed();
    this.findings.runs.push({ name, durationMs, effects, steps: meter.figures });
  }

  async #verify(): Promise<void> {
    const { target, directory, asks, trustRoles } = this.#options;
    this.#options.progress.onStage?.("verifying");
    const { ok, counts, suites } = await verify({
      ...this.#options.verify,
      target,
      directory,
      asks,
      trustRoles,
      suites: [],
      readOnly: false,
      record: false,
      failOn: "fail",
      showRows: false,
    });
    const failed = suites.flatMap(({ id, checks }) =>
      checks.filter(({ status }) => status === "fail" || status === "error").map((check) => `${id}.${check.id}`),
    );
    this.findings.verify = { ok, counts, failed };
  }

  get #differs(): boolean {
    return this.findings.comparisons.some(({ differences }) => differences.length > 0);
  }

  async #applied(): Promise<readonly string[]> {
    const states = statesOf(this.#migrations, await readHistory(this.#session.looker));
    return states.filter(({ appliedAt }) => appliedAt !== null).map(({ name }) => name);
  }

  async #pending(): Promise<readonly Migration[]> {
    const states = statesOf(this.#migrations, await readHistory(this.#session.looker));
    return selectMigrations(this.#migrations, states, { phase3: false, optional: this.#options.optional }).pending;
  }
}

// What a copy has not the time for.
function isWait(code: string): boolean {
  return code === "soak" || code === "not-before";
}
