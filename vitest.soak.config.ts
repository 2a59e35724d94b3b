import { defineConfig } from "vitest/config";
import defaults from "./vitest.config.ts";

// What takes too long for every change: tests of their own, and the crash matrix at all of its points instead of a few.
export default defineConfig({
  test: {
    ...defaults.test,
    include: ["test/**/*.soak.ts", "test/crash/**/*.test.ts", "test/properties/**/*.test.ts", "test/layouts/*.test.ts"],
    env: { SSOT_TEST_SOAK: process.env.SSOT_TEST_SOAK ?? "1" },
    testTimeout: 3_600_000,
  },
});
