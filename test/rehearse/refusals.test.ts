import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { makeWiki } from "../deprecate/wiki.ts";
import { makeRehearseCase, type RehearseCase } from "./rehearse-case.ts";

let rehearsal: RehearseCase;
beforeEach(async () => {
  rehearsal = await makeRehearseCase(({ sql }) => loadSeedCase(sql));
});
afterEach(() => rehearsal.end());

/** Rehearses, and expects that it is refused before anything changed: what it says. */
async function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}, exit = 3): Promise<string> {
  const { target, copy, snapshotOf } = rehearsal;
  const before = [await snapshotOf(target), await snapshotOf(copy)];
  const { exitCode, stderr } = await callSsot(["rehearse", ...args], { env, directory: rehearsal.folder });
  expect([await snapshotOf(target), await snapshotOf(copy)]).toEqual(before);
  expect([exitCode, stderr]).toEqual([exit, expect.stringContaining("error ")]);
  return stderr.replace(/\s+/g, " ");
}

const sameByAnotherName = (url: string): string => {
  const other = new URL(url);
  other.hostname = other.hostname === "localhost" ? "127.0.0.1" : "localhost";
  return other.href;
};

test("the target is no copy of itself, whatever its host is called, and whoever names it", async () => {
  const { url } = rehearsal.copy;
  const other = sameByAnotherName(url);
  expect(other).not.toBe(url);
  expect(await refusal(["--on", url, "--for", other])).toContain("the copy is the target itself");
  expect(await refusal(["--on", other, "--database-url", url])).toContain("the copy is the target itself");
  expect(await refusal(["--on", other], { DATABASE_URL: url })).toContain("the copy is the target itself");
  const { hostname, port, username, password, pathname } = new URL(url);
  const variables = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: pathname.slice(1),
  };
  expect(await refusal(["--on", other], variables)).toContain("the copy is the target itself");
});

test("a copy that somebody else writes to is refused", async () => {
  const { sql, url } = rehearsal.copy;
  const writer = await sql.reserve();
  await writer`begin`;
  await writer`update public.contacts set email = email`;
  try {
    expect(await refusal(["--on", url, "--for", rehearsal.target.url])).toContain("somebody else writes to the copy");
  } finally {
    await writer`rollback`;
    writer.release();
  }
});

test("a copy without an organisation has nobody to write calls for, and keeps no trace of the question", async () => {
  const { sql, url } = rehearsal.copy;
  await sql.unsafe("truncate public.organizations cascade");
  expect(await refusal(["--on", url, "--write-load", "5"])).toContain("no organisation to write calls for");
  await sql.unsafe("drop table public.organizations cascade");
  expect(await refusal(["--on", url, "--write-load", "5"])).toContain("no organisation to write calls for");
});

test("another rehearsal of the same copy is waited for by nobody", async () => {
  const { sql, url } = rehearsal.copy;
  const other = await sql.reserve();
  await other`select pg_advisory_lock(${0x73736f74}, 2)`;
  try {
    expect(await refusal(["--on", url])).toContain("another rehearsal is at work on this copy");
  } finally {
    await other`select pg_advisory_unlock_all()`;
    other.release();
  }
});

test("where nothing is pending, nothing is rehearsed and nothing passes", async () => {
  const { url } = rehearsal.copy;
  await callSsot(["migrate", "--database-url", url]);
  expect(await refusal(["--on", url])).toContain("nothing is pending on the copy");
});

test("traces of a rehearsal that are somebody else's are left alone", async () => {
  const { sql, url, name } = rehearsal.copy;
  const role = `${name}_other`;
  await sql.unsafe(`create role ${role}; create schema ssot_rehearsal authorization ${role}`);
  try {
    expect(await refusal(["--on", url])).toContain(`schema ssot_rehearsal belongs to role ${role}`);
  } finally {
    await sql.unsafe(`drop schema ssot_rehearsal; drop role ${role}`);
  }
});

test("an event trigger of a stranger does not fire on what a rehearsal makes", async () => {
  const { sql, url, name } = rehearsal.copy;
  const role = `${name}_stranger`;
  await sql.unsafe(`
    create table public.bitten (n integer);
    create role ${role};
    create function public.bite() returns event_trigger language plpgsql as $$ begin insert into public.bitten values (1); end $$;
    create event trigger bite on ddl_command_end execute function public.bite();
    alter function public.bite() owner to ${role}`);
  await sql`delete from public.bitten`;
  try {
    expect(await refusal(["--on", url])).toContain("FOREIGN_CODE");
    expect(await sql`select n from public.bitten`).toEqual([]);
  } finally {
    await sql.unsafe(`drop event trigger bite; drop function public.bite(); drop role ${role}`);
  }
});

test("what is asked wrongly is said before any server is asked", async () => {
  const { url } = rehearsal.copy;
  expect(await refusal([], {}, 2)).toContain("--on");
  expect(await refusal(["--on", url, "--max-lock", "5"], {}, 2)).toContain("500ms, 2s or 5min");
  expect(await refusal(["--on", url, "--only", "x"], {}, 2)).toContain("--phase 3");
  expect(await refusal(["--on", url, "--reporter", "github"], {}, 2)).toContain("table, json, junit, markdown, html");
  expect(await refusal(["--on", url, "--embedded"], {}, 2)).toContain("--embedded names no copy");
});

test("a project without calls has no load to write, and is rehearsed without", async () => {
  const wiki = await makeWiki();
  try {
    const { exitCode, stderr } = await callSsot(["rehearse", "--on", wiki.database.url, "--write-load", "5"], {
      directory: wiki.folder,
    });
    expect([exitCode, stderr.replace(/\s+/g, " ")]).toEqual([
      2,
      expect.stringContaining("knows calls and contacts only"),
    ]);
  } finally {
    await wiki.end();
  }
});
