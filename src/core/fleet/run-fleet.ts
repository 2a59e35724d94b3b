import type { Look } from "./look.ts";
import type { Member } from "./member.ts";
import { type Ended, notBegun, outcomeOfLook, outcomeOfRun } from "./outcome.ts";
import {
  countStates,
  type FleetCommand,
  type FleetReport,
  stateOf,
  type TargetOutcome,
  willRepeat,
  worstOf,
} from "./report.ts";
import { type Ceilings, runPool } from "./run-pool.ts";
import { type Surveyed, survey } from "./survey.ts";

/** What a fleet tells while it works. */
export interface FleetWatch {
  /** So many targets were looked at. */
  onSurvey(looked: number, of: number): void;
  /** The command, or the proof of a canary, begins on a target. */
  onStart(name: string, what: "run" | "verify"): void;
  /** Somebody else is at work there: it is tried again at the end. */
  onLater(name: string): void;
  onEnd(outcome: TargetOutcome): void;
}

export interface FleetOptions extends Ceilings {
  readonly of: FleetCommand;
  readonly members: readonly Member[];
  /** Whether something is left to do on a target; undefined: there always is. */
  readonly look: Look | undefined;
  /** Those that have to be green before the others begin. */
  readonly canaries: readonly Member[];
  /** Begins no further target after so many failures that would repeat. */
  readonly stopAfter: number | undefined;
  readonly signal: AbortSignal;
  readonly watch: FleetWatch;
  readonly sessionsOf: (member: Member) => ReadonlyMap<string, number>;
  /** Before the first target is run: may throw to stop here. */
  readonly confirm: (members: readonly Member[]) => Promise<void>;
  /** Runs the command; `last`: the attempt after which nobody tries again. */
  readonly run: (member: Member, attempt: { readonly last: boolean }) => Promise<Ended>;
  /** Proves a canary on which the command ended well; undefined: that it did is the proof. */
  readonly prove: ((member: Member) => Promise<Ended>) | undefined;
}

/** Runs a command on every target that has something left to do. What becomes of one never hides what becomes of another. */
export function runFleet(options: FleetOptions): Promise<FleetReport> {
  return new Fleet(options).run();
}

class Fleet {
  readonly #options: FleetOptions;
  readonly #outcomes = new Map<Member, TargetOutcome>();
  /** Targets that were locked at the first attempt. */
  #later: Member[] = [];
  #failures = 0;
  #stopped: FleetReport["stopped"] = null;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async run(): Promise<FleetReport> {
    const began = performance.now();
    const { of, members, canaries, signal, watch, confirm } = this.#options;
    const found = await this.#survey(members, (looked) => watch.onSurvey(looked, members.length));
    const proven = new Set(canaries.map((canary) => leadOf(canary, found)));
    const isAsked = (member: Member): boolean =>
      found.get(member)?.is === "work" || this.#mustProve(member, proven, found);
    for (const member of members) {
      const surveyed = found.get(member);
      const outcome = surveyed === undefined || isAsked(member) ? undefined : outcomeOfLook(member, surveyed);
      if (outcome !== undefined) this.#settle(member, outcome);
    }
    const asked = members.filter(isAsked);
    const changing = asked.filter((member) => found.get(member)?.is === "work");
    if (changing.length > 0 && !signal.aborted) await confirm(changing);
    await this.#attempt(
      asked.filter((member) => proven.has(member)),
      (member) => this.#runCanary(member, found),
    );
    if (this.#goesOn() && ![...proven].every((canary) => isGreen(this.#outcomes.get(canary)))) this.#stopped = "canary";
    await this.#attempt(
      asked.filter((member) => !proven.has(member)),
      (member) => this.#runOne(member, false),
    );
    await this.#attempt(this.#later, (member) => this.#runAgain(member));
    const targets = members.map((member) => this.#outcomes.get(member) ?? notBegun(member));
    const exits = targets.map(({ exit }) => exit ?? 0);
    return {
      command: "fleet",
      of,
      exit: worstOf(signal.aborted ? [...exits, 130] : exits),
      targets,
      counts: countStates(targets),
      stopped: this.#stopped,
      durationMs: Math.round(performance.now() - began),
    };
  }

  #survey(members: readonly Member[], onLooked: (count: number) => void = () => {}) {
    return survey(members, { ...this.#options, onLooked });
  }

  // A canary on which nothing is left to do is proved all the same.
  #mustProve(member: Member, proven: ReadonlySet<Member>, found: ReadonlyMap<Member, Surveyed>): boolean {
    return this.#options.prove !== undefined && proven.has(member) && found.get(member)?.is === "done";
  }

  async #attempt(members: readonly Member[], run: (member: Member) => Promise<void>): Promise<void> {
    const jobs = members.map((member) => ({
      sessions: this.#options.sessionsOf(member),
      run: () => run(member),
    }));
    await runPool(jobs, this.#options, () => this.#goesOn());
  }

  #goesOn(): boolean {
    if (this.#options.signal.aborted) this.#stopped = "interrupt";
    const most = this.#options.stopAfter ?? Number.POSITIVE_INFINITY;
    if (this.#stopped === null && this.#failures >= most) this.#stopped = "stop-after";
    return this.#stopped === null;
  }

  async #runOne(member: Member, last: boolean): Promise<void> {
    const outcome = await this.#runCommand(member, last);
    if (outcome.exit === 5 && !last) {
      // Should nobody come to try again, this is what is known.
      this.#outcomes.set(member, outcome);
      this.#later.push(member);
      this.#options.watch.onLater(member.name);
    } else this.#settle(member, outcome);
  }

  /** Whoever had the lock may have done it all. */
  async #runAgain(member: Member): Promise<void> {
    const surveyed = (await this.#survey([member])).get(member);
    const outcome = surveyed === undefined ? undefined : outcomeOfLook(member, surveyed);
    if (outcome === undefined) await this.#runOne(member, true);
    else this.#settle(member, { ...outcome, attempts: this.#outcomes.get(member)?.attempts ?? 0 });
  }

  async #runCanary(member: Member, found: ReadonlyMap<Member, Surveyed>): Promise<void> {
    const { prove, watch } = this.#options;
    const surveyed = found.get(member);
    const before = surveyed === undefined ? undefined : outcomeOfLook(member, surveyed);
    const outcome = before ?? (await this.#runCommand(member, true));
    if (outcome.exit !== 0 || prove === undefined) {
      this.#settle(member, { ...outcome, canary: { verify: null } });
      return;
    }
    watch.onStart(member.name, "verify");
    const verify = await prove(member);
    const disproved = verify.exit === 0 ? {} : { state: stateOf(verify.exit), exit: verify.exit };
    this.#settle(member, { ...outcome, ...disproved, canary: { verify } });
  }

  async #runCommand(member: Member, last: boolean): Promise<TargetOutcome> {
    const began = performance.now();
    this.#options.watch.onStart(member.name, "run");
    const ended = await this.#options.run(member, { last });
    const before = this.#outcomes.get(member);
    return outcomeOfRun(member, ended, {
      attempts: (before?.attempts ?? 0) + 1,
      durationMs: (before?.durationMs ?? 0) + Math.round(performance.now() - began),
    });
  }

  #settle(member: Member, outcome: TargetOutcome): void {
    this.#outcomes.set(member, outcome);
    if (outcome.exit !== null && willRepeat(outcome.exit)) this.#failures += 1;
    this.#options.watch.onEnd(outcome);
  }
}

/** The member that is run where this one is run: the first that has its database. */
function leadOf(member: Member, found: ReadonlyMap<Member, Surveyed>): Member {
  const surveyed = found.get(member);
  return surveyed?.is === "same" ? surveyed.as : member;
}

function isGreen(outcome: TargetOutcome | undefined): boolean {
  return outcome?.exit === 0;
}
