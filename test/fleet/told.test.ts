import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { validateXML } from "xmllint-wasm";
import { packageRoot } from "../../src/model/package-root.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { countAttacks } from "../support/attacks.ts";
import { createFleet, type FleetCase } from "./fleet-case.ts";

countAttacks("server");

const secret = "hunter2secret";

let fleet: FleetCase;

beforeAll(async () => {
  fleet = await createFleet(["acme"]);
});

afterAll(() => fleet.drop());

test("what a server says of the password, and to the terminal, reaches nobody in any form of the report", async () => {
  const database = fleet.databases.get("acme");
  if (database === undefined) throw new Error("there is no database");
  const role = `app_${database.name.slice(-10)}`;
  await database.sql.unsafe(`create role ${role} login superuser password '${secret}'`);
  // Whoever works there is told its password, and an order for the terminal and for a CI runner.
  await database.sql.unsafe(`
    create function public.echo() returns trigger language plpgsql as $$
    begin
      -- Not on the empty copies that a run tries first.
      if tg_relid <> 'public.contacts'::regclass then return new; end if;
      raise warning 'the password is ${secret}';
      raise exception E'the password is ${secret}\\n::error::\\x1b[2J ]]> <b>';
    end $$;
    create trigger echo before update on public.contacts for each row execute function public.echo()`);
  const url = new URL(database.url);
  url.username = role;
  url.password = secret;
  const list = fleet.list([`acme ${url.href}`]);
  const files = ["json", "junit", "markdown"].map((name) => [name, join(fleet.folder, `report.${name}`)] as const);
  const { exitCode, stdout, stderr } = await callSsot(
    [
      "fleet",
      "migrate",
      "--targets",
      list,
      "-v",
      ...files.flatMap(([name, file]) => ["--reporter", `${name}=${file}`]),
    ],
    { env: {}, columns: 80 },
  );
  await database.sql.unsafe(
    `drop trigger echo on public.contacts; drop function public.echo(); reassign owned by ${role} to current_user; drop owned by ${role}; drop role ${role}`,
  );
  expect([exitCode, stdout]).toEqual([4, stdout]);
  const texts = [stdout, stderr, ...files.map(([, file]) => readFileSync(file, "utf8"))];
  expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  expect(texts.filter((text) => /the\s+password\s+is\s+\\?\*/.test(text))).toHaveLength(5);
  expect(texts.filter((text) => /^\s*::error/m.test(text) || text.includes(`${String.fromCharCode(27)}[2J`))).toEqual(
    [],
  );
  const schema = readFileSync(join(packageRoot(), "test", "report", "junit.xsd"), "utf8");
  const validated = await validateXML({
    xml: [{ fileName: "report.xml", contents: texts[3] ?? "" }],
    schema: [{ fileName: "junit.xsd", contents: schema }],
  });
  expect(validated.errors.map(({ message }) => message)).toEqual([]);
});
