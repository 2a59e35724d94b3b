import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callSsot } from "../cli/call-ssot.ts";
import { createFleet, type FleetCase } from "./fleet-case.ts";

let fleet: FleetCase;

beforeAll(async () => {
  fleet = await createFleet(["acme", "globex"]);
});

afterAll(() => fleet.drop());

test("on a terminal one table is drawn anew in its place; reports stand alone below it", async () => {
  const junit = `${fleet.folder}/fleet.xml`;
  const markdown = `${fleet.folder}/fleet.md`;
  const { exitCode, stdout, stderr } = await callSsot(
    [
      "fleet",
      "migrate",
      "--targets",
      fleet.list(),
      "--no-color",
      "--reporter",
      `junit=${junit}`,
      "--reporter",
      `markdown=${markdown}`,
    ],
    { env: {}, columns: 80 },
  );
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/ {2}acme {4}done {2}4 applied · 1 held · [\d.]+ m?s\n {2}globex {2}done/);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain("2 targets of ssot migrate: 2 done. exit 0 ·");
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  // What moves the cursor: up, to the beginning of the line, and all below it gone. Nothing else is among it.
  const [, ...moves] = stderr.split(String.fromCharCode(27));
  expect(moves.length).toBeGreaterThan(3);
  expect(moves.filter((text, place) => !(place % 2 === 0 ? /^\[\d+A\r$/ : /^\[J/).test(text))).toEqual([]);
  expect(moves.at(-1)).toBe("[J");
  expect(readFileSync(junit, "utf8")).toContain('<testsuite name="globex" id="1" tests="1" failures="0" errors="0"');
  expect(readFileSync(markdown, "utf8")).toContain("| `acme` | done | 4 applied · 1 held | 0 |");
});
