import { configDefaults, defineConfig } from "vitest/config";
import { long } from "./test/support/tiers.ts";
import defaults from "./vitest.config.ts";

// What `npm test` runs: minutes, and every room.
export default defineConfig({ test: { ...defaults.test, exclude: [...configDefaults.exclude, ...long] } });
