import { defineConfig } from "vitest/config";
import defaults from "./vitest.config.ts";

// The steps of the Dockerfile: minutes, and npm's registry.
export default defineConfig({
  test: { ...defaults.test, include: ["test/**/*.image.ts"], testTimeout: 600_000, globalSetup: [] },
});
