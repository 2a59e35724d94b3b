import { defineConfig } from "vitest/config";
import { long } from "./test/support/tiers.ts";
import defaults from "./vitest.config.ts";

// The rest: what `npm test` leaves out.
export default defineConfig({ test: { ...defaults.test, include: [...long] } });
