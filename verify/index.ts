import type { Suite } from "../src/checks/define.ts";
import { autoCreate } from "./auto-create.ts";
import { coverage } from "./coverage.ts";
import { dashboard } from "./dashboard.ts";
import { deprecationTrigger } from "./deprecation-trigger.ts";
import { deprecations } from "./deprecations.ts";
import { history } from "./history.ts";
import { integrity } from "./integrity.ts";
import { liveNames } from "./live-names.ts";
import { performanceSuite } from "./performance.ts";
import { phase3 } from "./phase3.ts";
import { schema } from "./schema.ts";
import { security } from "./security.ts";

/** Those that ask for no table of the mission. */
export const suitesOfAnyProject: readonly Suite[] = [deprecations];

/** The suites that come with ssot, in the order in which they are reported. */
export const suites: readonly Suite[] = [
  schema,
  coverage,
  liveNames,
  autoCreate,
  dashboard,
  deprecationTrigger,
  history,
  integrity,
  performanceSuite,
  security,
  phase3,
  ...suitesOfAnyProject,
];
