import type { ShownEvidence } from "../../src/model/evidence.ts";

/** What a report says of itself, for renderers that are given reports. */
export const evidence: ShownEvidence = {
  command: "verify",
  at: new Date("2026-02-13T17:04:05.678Z"),
  tool: "1.2.3",
  server: "17.4",
  target: { host: "db.example.com", port: 5432, database: "app", user: "deploy" },
  options: { failOn: "warn", timeout: 60 },
  durationMs: 1900,
  given: ["--fail-on warn"],
  targetToldBy: null,
};
