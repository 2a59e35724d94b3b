import postgres from "postgres";
import { expect, inject, test } from "vitest";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";
import { errorOf } from "./refusal.ts";

const tables = `
  create table organizations (id uuid primary key, telephony_country text);
  create table contacts (id uuid primary key, org_id uuid, name text, phone text, email text, lead_status text, lead_score integer, created_at timestamptz);
  create table calls (id uuid primary key, org_id uuid, vapi_call_id text unique, contact_id uuid references contacts, call_direction text,
    phone_number text, caller_name text, from_number text, created_at timestamptz)`;

test.each(["LATIN1", "SQL_ASCII"])(
  "a database in %s is refused by doctor, dry run and migrate, each with the encoding",
  async (encoding) => {
    const admin = postgres(inject("testServer").url, { max: 1, onnotice: () => {} });
    const name = `${inject("testServer").prefix}${encoding.toLowerCase()}`;
    const url = new URL(inject("testServer").url);
    url.pathname = `/${name}`;
    try {
      await admin.unsafe(
        `create database ${name} template template0 encoding '${encoding}' lc_collate 'C' lc_ctype 'C'`,
      );
      const sql = postgres(url.href, { max: 1, onnotice: () => {} });
      await sql.unsafe(tables);
      await sql.end();
      const says = `the encoding of database ${name} is ${encoding}, expected UTF8`;
      const { checks } = await doctor({ target: targetOf(url.href), trustRoles: [] });
      expect(checks.find(({ id }) => id === "tables")).toMatchObject({
        status: "problem",
        detail: expect.stringContaining(says),
      });
      for (const work of [migrate, plan]) {
        const error = await errorOf(work(migrateOptions(url.href)));
        expect(error.code).toBe("PREFLIGHT");
        expect(error.message).toContain(says);
      }
    } finally {
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    }
  },
);
