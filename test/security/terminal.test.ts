import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { SsotError } from "../../src/model/errors.ts";
import { visible } from "../../src/model/visible.ts";
import { type CallResult, callSsot } from "../cli/call-ssot.ts";
import { attack } from "../support/attacks.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { drawSome, tell } from "../support/draw.ts";

// What names begin with. PostgreSQL keeps 63 bytes of a name, so no name has all of it.
const payloads: Readonly<Record<string, string>> = {
  "an order at a line's begin": "::stop-commands::x ::set-env name=A::",
  "a line of its own": "\n::stop-commands::x\n##[add-mask]a\n",
  "orders to a terminal": "\u001b]0;t\u0007\u001b[2J\u001b[31m\r\u001b[2K\u009b2J",
  "what hides or turns": "\u202eabc\u2066\u200f\u2028\u0085\u007f\u00ad\ttab\ufeff",
};

const folder = mkdtempSync(join(tmpdir(), "ssot-terminal-"));
let named = 0;

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  tell(`terminal: ${named} outputs told a hostile name`);
});

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

// Everything but line ends and, where they are expected, the colours of ours.
const unseen = /(?!\u200c|\u200d|\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const esc = "\u001b";
const colours = new RegExp(`${esc}\\[(?:2|22|31|32|33|39)m`, "g");
const clearing = `\r${esc}[2K`;
const ours = /^::(?:error|warning|notice) title=[^:,\n]*::(?:[^%\n]|%0A|%25|%0D)*$/;

function problemsOf(text: string, { terminal = false, github = false } = {}): readonly string[] {
  const bare = terminal ? text.replaceAll(clearing, "").replace(colours, "") : text;
  const letter = unseen.exec(bare);
  const orders = bare.split("\n").filter((line) => /^\s*::|##\w*\[/.test(line) && !(github && ours.test(line)));
  return [
    ...(letter === null
      ? []
      : [`U+${letter[0].codePointAt(0)?.toString(16)} in ${bare.slice(letter.index - 40, letter.index + 40)}`]),
    ...orders,
  ];
}

/** What is told, however it was wrapped and disarmed. */
const letters = (text = ""): string => text.replace(/[\s\\]+/g, "");

const drawn = drawSome("names that steer", Object.entries(payloads), ([kind]) => kind, 1);

for (const [kind, payload] of drawn) {
  const suffix = crypto.randomUUID().slice(0, 8);
  const called = (what: string): string => `${payload}${what}`;
  const names = {
    role: called(`r${suffix}`),
    schema: called("schema"),
    table: called("table"),
    constraint: called("fkey"),
    index: called("index"),
    view: called("view"),
    routine: called("routine"),
    trigger: called("trigger"),
    strange: called("strange"),
    application: called("app"),
  };
  let database: TestDatabase;
  let other: postgres.Sql;
  const role = quoted(names.role);
  const inSchema = (name: string): string => `${quoted(names.schema)}.${quoted(name)}`;

  beforeAll(async () => {
    database = await createTestDatabase();
    const { sql, url } = database;
    await loadSeedCase(sql);
    await sql.unsafe(`
      create role ${role} login password 'x';
      grant select, insert, update on all tables in schema public to ${role};
      create schema ${quoted(names.schema)};
      grant usage on schema ${quoted(names.schema)} to ${role};
      create table ${inSchema(names.table)} (id integer primary key, contact_id uuid constraint ${quoted(names.constraint)} references public.contacts (id));
      create index ${quoted(names.index)} on ${inSchema(names.table)} (contact_id);
      create view ${inSchema(names.view)} as select id, caller_name, from_number from public.calls;
      create function ${inSchema(names.routine)}() returns trigger language plpgsql as
        $f$ begin insert into ${inSchema(names.table)} values ((random() * 2000000000)::integer, null); return new; end $f$ security definer;
      create trigger ${quoted(names.trigger)} before update on public.calls for each row execute function ${inSchema(names.routine)}();
      create function ${inSchema(names.strange)}() returns trigger language plpgsql as $f$ begin return new; end $f$;
      alter function ${inSchema(names.strange)}() owner to ${role};
      create trigger ${quoted(names.strange)} before update on public.contacts for each row execute function ${inSchema(names.strange)}();
      update public.contacts set name = name || ' ' || '${payload}' where id in (select id from public.contacts limit 2)`);
    const own = Object.assign(new URL(url), { username: encodeURIComponent(names.role), password: "x" }).href;
    other = postgres(own, { max: 1, onnotice: () => {}, connection: { application_name: names.application } });
  });

  afterAll(async () => {
    await other.end({ timeout: 1 });
    await database.sql.unsafe(`drop owned by ${role} cascade; drop role ${role}`);
    await database.drop();
  });

  /** Calls a command in one way, and judges all that it told. */
  async function call(
    args: readonly string[],
    options: { terminal?: boolean; url?: string } = {},
  ): Promise<CallResult> {
    const { terminal = false, url = database.url } = options;
    const result = await callSsot(args, {
      env: { DATABASE_URL: url, TERM: "xterm" },
      directory: folder,
      ...(terminal ? { columns: 60, answers: "" } : {}),
    });
    const github = args.includes("github");
    await attack("partner", () => {
      for (const [stream, text] of Object.entries({ stdout: result.stdout, stderr: result.stderr })) {
        expect({ args, terminal, stream, problems: problemsOf(text, { terminal, github }) }).toEqual({
          args,
          terminal,
          stream,
          problems: [],
        });
        if (letters(text).includes(letters(visible(payload)))) named += 1;
      }
      expect([args, result.exitCode]).not.toEqual([args, 70]);
    });
    if (args.includes("--json") && result.stdout !== "") JSON.parse(result.stdout);
    return result;
  }

  /** What changes nothing is called in a log, on a coloured terminal, and as JSON. */
  async function look(args: readonly string[]): Promise<readonly CallResult[]> {
    return [await call(args), await call(args, { terminal: true }), await call([...args, "--json"])];
  }

  test(`${kind} in a name steers no terminal and gives no order to a runner, whichever command tells it`, async () => {
    const { sql, url } = database;
    const trust = ["--trust-role", names.role];
    const [plain, , json] = await look(["doctor"]);
    expect(letters(plain?.stdout)).toContain(letters(visible(names.strange)));
    expect(JSON.stringify(JSON.parse(json?.stdout ?? ""))).toContain(JSON.stringify(names.strange).slice(1, -1));
    await look(["status"]);
    await look(["migrate", "--dry-run"]);
    await look(["migrate", "--dry-run", "-v", ...trust]);
    const foreign = await call(["migrate", "--yes"]);
    expect(foreign.stderr).toContain("error FOREIGN_CODE");
    expect(letters(foreign.stderr)).toContain(letters(visible(names.strange)));
    await call(["migrate", "--json"]);
    await call(["migrate", "--yes"], { terminal: true });

    // Somebody holds the table, and is told by name while it waits and when it gives up.
    const holder = await other.reserve();
    await holder.unsafe("begin; lock table public.calls in row exclusive mode");
    const patience = ["--lock-timeout", "300", "--lock-tries", "2"];
    for (const terminal of [false, true]) {
      const late = await call(["migrate", "--user-triggers", "fire", ...trust, ...patience], { terminal });
      expect(late.stderr).toContain("error LOCK_TIMEOUT");
    }
    await holder.unsafe("rollback");
    holder.release();
    const done = await call(["migrate", "--user-triggers", "fire", "-v", ...trust]);
    expect([done.exitCode, done.stderr]).toEqual([0, expect.any(String)]);
    await look(["status"]);

    await other.unsafe(
      "update public.calls set caller_name = 'Somebody' where id in (select id from public.calls limit 2)",
    );
    for (const by of ["column", "writer", "day", "org"]) await look(["audit", "deprecated", "--by", by]);
    const [audit] = await look(["audit", "deprecated", "--source", "."]);
    expect(letters(audit?.stdout)).toContain(letters(visible(names.view)));
    expect(letters(audit?.stdout)).toContain(letters(`role ${visible(names.role)}`));
    writeFileSync(join(folder, "code.ts"), `${payload.replaceAll("\n", "")} caller_name\n`);
    await look(["audit", "source", "."]);
    await call(["audit", "prune"]);
    await call(["migrate", "--phase", "3"]);
    await call(["migrate", "--phase", "3", "--force", "--reason", called("reason")]);
    await call(["migrate", "--phase", "3", "--dry-run", "--json"]);

    // Something is broken, so that rows and names are told.
    await sql.unsafe(`alter table public.calls disable trigger user;
      update public.calls set contact_id = null, caller_name = '${payload}'; alter table public.calls enable trigger user;
      alter view public.calls_with_caller_names owner to ${role}`);
    for (const reporter of ["table", "json", "junit", "markdown", "github", "html"]) {
      const file = join(folder, `report.${reporter}`);
      await call(["verify", "--reporter", reporter, "--show-rows"]);
      if (reporter === "table") await call(["verify", "--fail-on", "warn"], { terminal: true });
      await call(["verify", "--reporter", `${reporter}=${file}`, "--show-rows"]);
      const problems = problemsOf(readFileSync(file, "utf8"), { github: reporter === "github" });
      expect([reporter, problems]).toEqual([reporter, []]);
      if (reporter === "json") JSON.parse(readFileSync(file, "utf8"));
    }
    await sql.unsafe("alter view public.calls_with_caller_names owner to current_user");
    await look(["verify", called("suite")]);
    await look(["audit", "rebaseline", "--yes"]);

    await look(["finalize", "--dry-run"]);
    await call(["finalize"], { terminal: true });
    await look(["rollback", "--all", "--dry-run", "-v"]);
    await call(["rollback", "--all"], { terminal: true });
    await call(["rollback", "--to", called("name"), "--yes"]);
    await call(["rollback", "--all", "--yes", ...trust]);
    await call(["finalize", "--yes"]);

    // What was typed comes back in errors.
    for (const args of [
      [called("command")],
      ["status", `--${called("option")}`],
      ["migrate", "--to", called("to")],
      ["migrate", "--phase", called("3")],
    ])
      await look(args);
    await look(["status", "--migrations", called("folder")]);
    await look(["verify", "--suites", called("folder")]);
    await look(["verify", "--config", called("file")]);
    const nowhere = Object.assign(new URL(url), { pathname: `/${encodeURIComponent(called("database"))}` }).href;
    const stranger = Object.assign(new URL(url), { username: encodeURIComponent(called("user")) }).href;
    const unreachable = `postgres://${encodeURIComponent(called("u"))}@127.0.0.1:1/${encodeURIComponent(called("d"))}`;
    for (const bad of [nowhere, stranger, unreachable, called("url")]) {
      await call(["status"], { url: bad });
      await call(["doctor", "--json"], { url: bad });
      await call(["migrate"], { url: bad, terminal: true });
    }
  }, 240_000);
}

test("an error of ours holds lines of its own making only", () => {
  const error = new SsotError("GATE", "a\nb:\n  - one\rtwo\n  - three", { hint: "do\u001b[2J this" });
  expect([error.message, error.hint]).toEqual(["a\\nb:\n  - one\\rtwo\n  - three", "do\\x1b[2J this"]);
});
