import { defineConfig } from "vitest/config";
import { longShare } from "./test/support/tiers.ts";
import defaults from "./vitest.config.ts";

// The rest: what `npm test` leaves out. Many of these wait for locks and time-outs, which takes no processor.
export default defineConfig({ test: { ...defaults.test, include: [...longShare()], maxWorkers: 3 } });
