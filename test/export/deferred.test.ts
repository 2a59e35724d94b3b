import { afterEach, beforeEach, expect, test } from "vitest";
import { standardRows } from "../layouts/layout.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { plainFiles, routes } from "./routes.ts";

let database: TestDatabase;

// Without a search path of its own, it looks for its table wherever it is called.
const deferred = `
  create table public.touched (relation text);
  create function public.touch() returns trigger language plpgsql as $f$ begin insert into touched values (tg_table_name); return null; end $f$;
  create constraint trigger touch after update on public.calls deferrable initially deferred for each row execute function public.touch();
  create constraint trigger touch after update on public.contacts deferrable initially deferred for each row execute function public.touch();
  create constraint trigger touch after update on public.messages deferrable initially deferred for each row execute function public.touch();
  insert into public.messages (org_id, contact_id, body) select k.org_id, k.id, 'hello' from public.contacts as k`;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.sql.unsafe(`${standardRows}; ${deferred}`);
});

afterEach(() => database.drop());

test.each(["statement by statement", "all files in one transaction"])(
  "%s, a deferred trigger of somebody's finds its table",
  async (route) => {
    await routes[route]?.(database, await plainFiles(1, { userTriggers: "fire" }));
    const touched = await database.sql`select relation from public.touched group by 1 order by 1`;
    expect(touched.map(({ relation }) => relation)).toEqual(["calls", "contacts", "messages"]);
  },
);
