import { expect, test } from "vitest";
import { createTestDatabase } from "./database.ts";

test("a test database is a clone of its own: what one changes the other does not see", async () => {
  const [one, other] = [
    await createTestDatabase({ template: "empty" }),
    await createTestDatabase({ template: "empty" }),
  ];
  try {
    await one.sql`create table public.only_here (id integer)`;
    const seen = (database: typeof one) => database.sql`
      select tablename from pg_catalog.pg_tables where tablename = 'only_here' order by tablename`;
    expect(await seen(one)).toHaveLength(1);
    expect(await seen(other)).toHaveLength(0);
  } finally {
    await one.drop();
    await other.drop();
  }
});
