/** For suites of a team's own: `ssot verify --suites DIR`. Published as `ssot/verify`. */

export { z } from "zod";
export {
  type Check,
  defineCheck,
  defineProbe,
  defineRead,
  defineScanCheck,
  defineSuite,
  type Finding,
  type Look,
  plainText,
  type Severity,
  type Suite,
} from "./define.ts";
export { type Fragment, org, sql } from "./fragment.ts";
export type { Probe } from "./probe.ts";
