import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../../db/connection.ts";
import { clearPace, writePace } from "../../db/queries/pace.ts";
import { listReplicationSlots } from "../../db/queries/replication.ts";
import type { SideSession } from "../../db/side-session.ts";
import type { Target } from "../../db/target.ts";
import type { Pacing } from "../../migrations/pacing.ts";
import type { Progress } from "../progress.ts";
import { beginControl, type ControllerState, type Decision, decide, type PaceMode } from "./controller.ts";
import type { Surroundings } from "./findings.ts";
import { takeLook, timeAnswer, unseenIn } from "./look.ts";
import { PaceLog, type PaceReport } from "./pace-log.ts";
import { PauseCondition } from "./pause-condition.ts";
import { countProcessors } from "./processors.ts";
import type { Orders } from "./sample.ts";
import { settingsFor } from "./session-settings.ts";
import { type LagLimit, levels } from "./thresholds.ts";

export interface PaceOptions {
  readonly mode: PaceMode;
  /** How far a replica may fall behind; `off`: nobody looks. */
  readonly lag?: LagLimit | "off" | undefined;
  /** A SELECT that is true while the run is to wait. */
  readonly pauseWhen?: string | undefined;
  /** Somebody outside says: wait, go on. Read at every look. */
  readonly pauseSwitch?: { readonly paused: boolean } | undefined;
}

interface Surrounding {
  readonly side: SideSession;
  readonly connection: Connection;
  readonly target: Target;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

const lookEveryMs = 200;
const writeEveryMs = 1_000;
const conditionEveryMs = 1_000;
/** As long as the engine believes what was written last. */
const believedMs = 5_000;
/** How many answers make the time before the run, and for how long they are waited for. */
const answers = { most: 10, withinMs: 100 };

const undisturbed: Decision = { state: "steady", ...levels[0], alone: false };

/** Looks after a run from a session beside it: what it sees decides how fast batches and statements follow one another. */
export class RunPace implements Pacing {
  readonly #options: PaceOptions;
  readonly #around: Surrounding;
  readonly #known: Surroundings;
  readonly #condition: PauseCondition | undefined;
  readonly #log: PaceLog;
  readonly #began: number;
  #state: ControllerState;
  #decision: Decision;
  #orders: { byFlag: boolean; condition: Orders["condition"] } = { byFlag: false, condition: undefined };
  #unseen: readonly string[];
  #lookedAt: number;
  #writtenAt = 0;
  #askedAt = 0;
  #settings = "";
  #steers = false;
  #closed = false;
  #blind = false;
  #sessions: number;
  #looking: Promise<void> | undefined;

  private constructor(
    options: PaceOptions,
    around: Surrounding,
    known: Surroundings,
    condition: PauseCondition | undefined,
  ) {
    this.#options = options;
    this.#around = around;
    this.#known = known;
    this.#condition = condition;
    this.#began = known.first.at;
    this.#lookedAt = known.first.at;
    this.#sessions = around.side.opened;
    this.#unseen = unseenIn(known.first);
    this.#log = new PaceLog(options.mode, this.#began);
    this.#state = beginControl(options.mode, known);
    this.#decision = undisturbed;
  }

  /** Takes what is to be compared with before the run begins, and looks from then on. Throws PAUSE_WHEN. */
  static async begin(options: PaceOptions, around: Surrounding): Promise<RunPace> {
    const { side, connection, target, progress } = around;
    const condition =
      options.pauseWhen === undefined ? undefined : await PauseCondition.open(target, options.pauseWhen);
    const known = await side.use(async (looker): Promise<Surroundings> => {
      const times: number[] = [];
      for (const until = performance.now() + answers.withinMs; times.length < answers.most; ) {
        times.push(await timeAnswer(looker));
        if (performance.now() > until) break;
      }
      const first = await takeLook(looker, { pid: connection.pid, sinceMs: believedMs });
      const middle = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
      const crowd = first.active ?? undefined;
      for (const { name, active, keptBytes } of await listReplicationSlots(looker.sql)) {
        if (!active) {
          const kept = keptBytes === null ? "" : ` and keeps ${Math.round(keptBytes / 1024 / 1024)} MB of WAL`;
          progress.onPaceNote?.(`slot ${name} has no reader${kept}; it slows nothing`);
        }
      }
      return { answerMs: middle, processors: await countProcessors(connection.pid), crowd, first, lag: options.lag };
    });
    const pace = new RunPace(options, around, known, condition);
    if (options.mode === "gentle") progress.onPaceNote?.("gentle: it may take five times as long as alone");
    pace.#tellUnseen();
    await pace.#look();
    pace.#looking = pace.#loop();
    return pace;
  }

  get isAlone(): boolean {
    return this.#decision.alone;
  }

  async turn(): Promise<void> {
    const { signal, connection } = this.#around;
    while (this.#decision.state === "paused" && !signal?.aborted) {
      await sleep(lookEveryMs / 2, undefined, { signal }).catch(() => {});
    }
    if (signal?.aborted) return;
    const { alone, state } = this.#decision;
    const settings = settingsFor(this.#options.mode, { alone, slowed: state === "slowed" });
    if (settings === this.#settings) return;
    this.#settings = settings;
    await connection.execute(settings);
  }

  /** The engine is there: from now on batches are told as well. */
  async steer(): Promise<void> {
    this.#steers = true;
    await this.#tellBatches().catch(() => {});
  }

  /** Batches are told nothing any more, while the engine goes. */
  async letGo(): Promise<void> {
    if (!this.#steers) return;
    this.#steers = false;
    await this.#around.side.use(({ sql }) => clearPace(sql)).catch(() => {});
  }

  report(): PaceReport {
    return this.#log.report(performance.now(), this.#unseen);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#looking;
    await this.letGo();
    await this.#condition?.close();
  }

  async #loop(): Promise<void> {
    while (!this.#closed) {
      await sleep(lookEveryMs);
      if (this.#closed) return;
      await this.#look();
    }
  }

  /** One look, one decision. Never throws: a run goes on where nobody can look. */
  async #look(): Promise<void> {
    const { side, connection } = this.#around;
    const bySignal = this.#options.pauseSwitch?.paused ?? false;
    try {
      await this.#askCondition();
      const sinceMs = performance.now() - this.#lookedAt + lookEveryMs / 4;
      const sample = await side.use((looker) => takeLook(looker, { pid: connection.pid, sinceMs }));
      const decided = decide(this.#state, sample, { ...this.#orders, bySignal }, this.#known);
      this.#state = decided.state;
      this.#lookedAt = sample.at;
      if (side.opened > this.#sessions) this.#tellLoss();
      this.#sessions = side.opened;
      this.#blind = false;
      this.#hold(decided.decision);
      await this.#tellBatches();
    } catch {
      this.#withoutLook(bySignal);
    }
  }

  // What was seen last counts as long as the engine believes it. Then the run goes as one that nobody looks after; only a person still holds it.
  #withoutLook(bySignal: boolean): void {
    this.#tellLoss();
    this.#blind = true;
    if (performance.now() - this.#lookedAt < believedMs && !bySignal) return;
    const because = { signal: "SIGUSR2", reason: "by SIGUSR2; once more goes on" } as const;
    this.#hold(bySignal ? { ...undisturbed, state: "paused", because } : undisturbed);
  }

  #tellLoss(): void {
    if (!this.#blind)
      this.#around.progress.onPaceNote?.("the session that looks after the run is lost; another one is tried");
  }

  async #askCondition(): Promise<void> {
    const now = performance.now();
    if (this.#condition === undefined || (this.#askedAt > 0 && now - this.#askedAt < conditionEveryMs)) return;
    this.#orders = { ...this.#orders, condition: await this.#condition.read() };
    this.#askedAt = performance.now();
  }

  #hold(decision: Decision): void {
    const isNew = this.#log.note(decision, performance.now());
    const before = this.#decision;
    this.#decision = decision;
    if (isNew || before.because?.reason !== decision.because?.reason) {
      const { state, because } = decision;
      this.#around.progress.onPace?.({ state, reason: because?.reason, isNew });
    }
    if (isNew || before.batchMs !== decision.batchMs || before.rests !== decision.rests) this.#writtenAt = 0;
  }

  async #tellBatches(): Promise<void> {
    const now = performance.now();
    if (!this.#steers || now - this.#writtenAt < writeEveryMs) return;
    const { state, batchMs, rests, because } = this.#decision;
    // The flag is in the same row, and holds batches by itself.
    const holds = state === "paused" && because?.signal !== "flag";
    const { mode } = this.#options;
    const reason = because?.reason ?? null;
    this.#orders.byFlag = await this.#around.side.use(({ sql }) =>
      writePace(sql, { holds, batchMs, rests, mode, state, reason }),
    );
    this.#writtenAt = now;
  }

  #tellUnseen(): void {
    if (this.#unseen.length === 0) return;
    const what = this.#unseen.join(", ");
    this.#around.progress.onPaceNote?.(
      `not visible to this role, and taken for neither good nor bad: ${what} (grant pg_monitor)`,
    );
  }
}
