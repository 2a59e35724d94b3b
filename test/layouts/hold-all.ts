import postgres from "postgres";
import { afterAll, expect, inject, test } from "vitest";
import { draw, tell } from "../support/draw.ts";
import { holdRule, type Layout } from "./layout.ts";

// Of the layouts that are not held always. A soak takes all.
const share = 0.08;

/** A test for each of these layouts that the server can have and that is drawn, and a line that tells how many held. */
export async function holdAll(about: string, layouts: readonly Layout[]): Promise<void> {
  const major = await readMajor();
  const here = layouts.filter(({ since = 15 }) => since <= major);
  const drawn = [
    ...here.filter(({ always }) => always),
    ...draw(
      `layouts of ${about}`,
      here.filter(({ always }) => !always),
      ({ what }) => what,
      share,
    ),
  ];
  let held = 0;
  test("every layout has its own name", () => {
    expect(new Set(layouts.map(({ what }) => what)).size).toBe(layouts.length);
  });
  test.each(drawn)("$what", async (layout) => {
    await holdRule(layout);
    held += 1;
  });
  afterAll(() => tell(`layouts of ${about}: ${held} of ${drawn.length} held to the general rule, of ${here.length}`));
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
