import type { BenchRow } from "../row.ts";
import { backfillGrowth } from "./backfill-growth.ts";
import { backfillLimit } from "./backfill-limit.ts";
import { backfillSeed } from "./backfill-seed.ts";
import { cliStart } from "./cli-start.ts";
import { demo } from "./demo.ts";
import { dropImpact } from "./drop-impact.ts";
import { engine } from "./engine.ts";
import { fleet } from "./fleet.ts";
import { memory } from "./memory.ts";
import { migrateImpact } from "./migrate-impact.ts";
import { phase1 } from "./phase1.ts";
import { plans } from "./plans.ts";
import { readers } from "./readers.ts";
import { rehearseEstimate } from "./rehearse-estimate.ts";
import { search } from "./search.ts";
import { triggerCost } from "./trigger-cost.ts";
import { verifyPeer } from "./verify-peer.ts";
import { verifyScan } from "./verify-scan.ts";
import { viewPage } from "./view-page.ts";
import { webhook } from "./webhook.ts";

/** Every row, in the order of the table in docs/performance.md. */
export const rows: readonly BenchRow[] = [
  backfillSeed,
  backfillLimit,
  backfillGrowth,
  plans,
  phase1,
  migrateImpact,
  dropImpact,
  triggerCost,
  webhook,
  viewPage,
  search,
  verifyScan,
  verifyPeer,
  cliStart,
  demo,
  engine,
  readers,
  memory,
  fleet,
  rehearseEstimate,
];
