import postgres from "postgres";
import { afterAll, expect, inject, test } from "vitest";
import { tell } from "../support/draw.ts";
import { holdRule, type Layout } from "./layout.ts";

/** A test for each of these layouts that the server can have, and a line that tells how many held. */
export async function holdAll(about: string, layouts: readonly Layout[]): Promise<void> {
  const major = await readMajor();
  const here = layouts.filter(({ since = 15 }) => since <= major);
  let held = 0;
  test("every layout has its own name", () => {
    expect(new Set(layouts.map(({ what }) => what)).size).toBe(layouts.length);
  });
  test.each(here)("$what", async (layout) => {
    await holdRule(layout);
    held += 1;
  });
  afterAll(() => tell(`layouts of ${about}: ${held} of ${here.length} held to the general rule`));
}

async function readMajor(): Promise<number> {
  const sql = postgres(inject("testServer").url, { max: 1 });
  try {
    const [row] = await sql<
      { major: number }[]
    >`select current_setting('server_version_num')::integer / 10000 as major`;
    return row?.major ?? 0;
  } finally {
    await sql.end();
  }
}
