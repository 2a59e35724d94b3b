import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    pool: "forks",
    // Each worker keeps a backend of the server busy as well: two cores are full with two.
    maxWorkers: 2,
    // No test changes its process: files share a worker's modules, and the imports of each are not made anew.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
    passWithNoTests: false,
  },
});
