import { randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import { openPool } from "../../../db/pool.ts";
import {
  type AcknowledgedCall,
  clearLoad,
  countLostCalls,
  type LoadGround,
  loadPrefix,
  prepareLoad,
} from "../../../db/queries/rehearsal/load.ts";
import type { Target } from "../../../db/target.ts";
import { SsotError } from "../../../model/errors.ts";
import type { LoadFigures, LoadReport, RunName } from "../report.ts";
import { Caller, type LoadKind } from "./caller.ts";
import { runOpenLoop, type Sent } from "./open-loop.ts";
import { quantile } from "./quantile.ts";

const lanes = 8;
const kinds: readonly LoadKind[] = ["write", "read", "update", "read", "write"];
const areas = ["201", "212", "303", "312", "404", "415", "503", "617"];

/** Writers and readers of a copy, each run of a rehearsal beside them; what they wrote is taken away after each. */
export class Load {
  readonly #sql: Sql;
  readonly #looker: Sql;
  readonly #ground: LoadGround;
  readonly #rate: number;
  readonly #figures: LoadFigures[] = [];
  readonly #codes = new Set<string>();
  #acknowledged = 0;
  #lost = 0;

  private constructor(sql: Sql, looker: Sql, ground: LoadGround, rate: number) {
    this.#sql = sql;
    this.#looker = looker;
    this.#ground = ground;
    this.#rate = rate;
  }

  /** Needs the schema of a rehearsal. Throws PREFLIGHT where the copy has no organisation to write for. */
  static async open(copy: Target, looker: Sql, rate: number): Promise<Load> {
    const candidates = areas.flatMap((area) =>
      Array.from({ length: 100 }, (_, place) => `+1${area}55501${String(place).padStart(2, "0")}`),
    );
    const ground = await prepareLoad(looker, candidates);
    if (ground === undefined || ground.numbers.length === 0) {
      throw new SsotError("PREFLIGHT", "the copy has no organisation to write calls for", {
        hint: "Rehearse without --write-load. Nothing was migrated.",
      });
    }
    return new Load(openPool(copy, { name: "ssot rehearsal", most: lanes }), looker, ground, rate);
  }

  get report(): LoadReport {
    const failed = this.#figures.reduce((sum, figures) => sum + figures.failed, 0);
    const codes = [...this.#codes].toSorted();
    return {
      rate: this.#rate,
      figures: this.#figures,
      acknowledged: this.#acknowledged,
      lost: this.#lost,
      failed,
      codes,
    };
  }

  /** Does the work while requests are sent; then looks for what was acknowledged, and takes it away. */
  async during<T>(run: RunName, work: () => Promise<T>): Promise<T> {
    const callers = Array.from({ length: lanes }, () => new Caller(this.#sql, this.#ground));
    let turn = 0;
    const { sent, stop } = runOpenLoop({
      lanes: callers,
      rate: this.#rate,
      next: () => {
        turn += 1;
        return kinds[turn % kinds.length] ?? "read";
      },
      send: (caller, kind) => caller.send(kind, `${loadPrefix}${randomUUID()}`),
    });
    try {
      return await work();
    } finally {
      await stop();
      const calls = callers.flatMap((caller): readonly AcknowledgedCall[] => caller.acknowledged);
      this.#acknowledged += callers.reduce((sum, { writes }) => sum + writes, 0);
      this.#lost += await countLostCalls(this.#looker, calls);
      for (const { told } of sent) if (told !== null) this.#codes.add(told);
      this.#figures.push(...describe(run, sent));
      await clearLoad(this.#looker);
    }
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 2 });
  }
}

function describe(run: RunName, sent: readonly Sent[]): readonly LoadFigures[] {
  return (["write", "update", "read"] as const).flatMap((kind): readonly LoadFigures[] => {
    const all = sent.filter((request) => request.kind === kind);
    if (all.length === 0) return [];
    const took = all.map(({ due, done }) => done - due);
    return [
      {
        run,
        kind,
        requests: all.length,
        p50Ms: quantile(took, 0.5),
        p99Ms: quantile(took, 0.99),
        maxMs: quantile(took, 1),
        failed: all.filter(({ told }) => told !== null).length,
      },
    ];
  });
}
