import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import postgres, { type Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScoreLead, scoreLead } from "../../src/webhook/score-lead.ts";
import type { TestDatabase } from "../support/database.ts";
import { makeHealthy } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
let pools: readonly [Sql, Sql];
beforeAll(async () => {
  database = await makeHealthy();
  const pool = () => postgres(database.url, { max: 8, onnotice: () => {}, connection: { application_name: "race" } });
  pools = [pool(), pool()];
});
afterAll(async () => {
  await Promise.all((pools ?? []).map((pool) => pool.end()));
  await database?.drop();
});

let last = 0;
function newNumber(): string {
  last += 1;
  return `+1202558${1000 + last}`;
}

const poor = "User: Hi.";
const rich = "User: Hi. I'd like to book.";
const richest = "User: Hi. I'd like to book. How much is it?";
const scores = { [poor]: [40, "warm"], [rich]: [65, "warm"], [richest]: [80, "hot"] } as const;

const said = (id: string, number: string | null, transcript: string) =>
  report({ id, number, message: { analysis: {}, artifact: { transcript } } });

interface Gate {
  readonly isOpen: Promise<void>;
  readonly open: () => void;
}

function gate(): Gate {
  let open = (): void => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { isOpen, open };
}

/** Waits until so many statements of the pools wait for somebody's lock. */
async function untilWaiting(many: number): Promise<void> {
  for (;;) {
    const [row] = await database.sql<{ n: number }[]>`
      select count(*)::integer as n from pg_stat_activity
      where datname = current_database() and application_name = 'race' and wait_event_type = 'Lock'`;
    if ((row?.n ?? 0) >= many) return;
    await sleep(5);
  }
}

/** Writes a report in a transaction of the first pool that stays open until it is told to end. */
async function held(message: object): Promise<{ readonly end: () => Promise<unknown> }> {
  const [written, end] = [gate(), gate()];
  const hold = async (): Promise<void> => {
    written.open();
    await end.isOpen;
  };
  const webhook = webhookOf(pools[0], { hooks: "transaction", on: { "end-of-call-report": hold } });
  const handled = webhook.handle(message);
  await Promise.race([written.isOpen, handled]);
  return {
    end: async () => {
      end.open();
      return await handled;
    },
  };
}

const scoreOf = async (id: string): Promise<unknown> => {
  const { contact } = (await storedCall(database, id)) ?? {};
  return [contact?.lead_score, contact?.lead_status];
};

const orders = [
  [poor, rich],
  [rich, poor],
] as const;
const begun = ["that nobody knows", "that is stored with its contact", "that is stored without a contact"] as const;
const hooks = ["after", "transaction"] as const;
const races = orders.flatMap((order) =>
  begun.flatMap((begin) => hooks.map((hook) => [...order, begin, hook] as const)),
);

test.each(races)("of %j and %j, at the same moment, of a call %s, the richer one scores, hooks %s", async (...race) => {
  const [first, second, begin, mode] = race;
  const [id, number] = [randomUUID(), newNumber()];
  const webhook = webhookOf(pools[1], { hooks: mode, on: { "end-of-call-report": () => {} } });
  const known = begin === "that is stored with its contact" ? number : null;
  if (begin !== "that nobody knows") await webhook.handle(statusUpdate("queued", { id, number: known }));
  const open = await held(said(id, number, first));
  const other = webhook.handle(said(id, number, second));
  await untilWaiting(1);
  await Promise.all([open.end(), other]);
  expect(await scoreOf(id)).toEqual(scores[rich]);
  expect(await storedCall(database, id)).toMatchObject({ call: { transcript: rich } });
});

test.each(orders)("a report with %j that makes the contact scores as the row, which has %j", async (first, second) => {
  const [id, number] = [randomUUID(), newNumber()];
  const open = await held(said(id, number, first));
  // A report without a number scores nobody, but what it says counts once there is a score.
  const other = webhookOf(pools[1]).handle(said(id, null, second));
  await untilWaiting(1);
  await Promise.all([open.end(), other]);
  expect(await scoreOf(id)).toEqual(scores[rich]);
});

test.each(orders)(
  "of two calls of one new contact, %j and %j, the first that is written scores",
  async (first, second) => {
    const [one, other, number] = [randomUUID(), randomUUID(), newNumber()];
    const open = await held(said(one, number, first));
    const later = webhookOf(pools[1]).handle(said(other, number, second));
    await untilWaiting(1);
    await Promise.all([open.end(), later]);
    expect([await scoreOf(one), await scoreOf(other)]).toEqual([scores[first], scores[first]]);
    expect(await database.sql`select from public.contacts where phone = ${number}`).toHaveLength(1);
  },
);

test.each([
  ["the tier of a contact without a score", null, { lead_status: "cold" }, [65, "cold"]],
  ["the score of one that has a score", poor, { lead_score: 7 }, [7, "warm"]],
  ["the tier of one that has a score", poor, { lead_status: "cold" }, [40, "cold"]],
])("%s that somebody sets at the moment of a report stays", async (_, before, set, expected) => {
  const [id, number] = [randomUUID(), newNumber()];
  const webhook = webhookOf(pools[1]);
  await webhook.handle(before === null ? statusUpdate("queued", { id, number }) : said(id, number, before));
  const end = gate();
  const written = gate();
  const user = pools[0].begin(async (sql) => {
    await sql`update public.contacts set ${sql(set)} where phone = ${number}`;
    written.open();
    await end.isOpen;
  });
  await written.isOpen;
  const handled = webhook.handle(said(id, number, rich));
  await untilWaiting(1);
  end.open();
  await Promise.all([user, handled]);
  expect(await scoreOf(id)).toEqual(expected);
});

test("a report that comes while the scorer thinks about a poorer one scores all the same", async () => {
  const [id, number] = [randomUUID(), newNumber()];
  const [asked, answer] = [gate(), gate()];
  // It is asked about the former words when they have been replaced.
  const slow: ScoreLead = async (lead) => {
    if (lead.transcript === poor) {
      asked.open();
      await answer.isOpen;
    }
    return scoreLead(lead);
  };
  await webhookOf(pools[1]).handle(said(id, number, poor));
  const first = webhookOf(pools[0], { scoreLead: slow, scoreTimeoutMs: 60_000 }).handle(said(id, number, rich));
  await asked.isOpen;
  await webhookOf(pools[1]).handle(said(id, number, richest));
  expect(await scoreOf(id)).toEqual(scores[poor]);
  answer.open();
  await first;
  expect(await scoreOf(id)).toEqual(scores[richest]);
});

test("of very many reports at once, of two pools, the richest scores", async () => {
  const texts = [poor, rich, richest, ...Array.from({ length: 20 }, (_, n) => `User: Hi. ${"I see. ".repeat(n % 7)}`)];
  for (let round = 0; round < 6; round += 1) {
    const [id, number] = [randomUUID(), newNumber()];
    const longest = `${richest} ${"I see. ".repeat(round + 8)}I want to book today.`;
    const webhooks = pools.map((pool) => webhookOf(pool));
    if (round % 2 === 0) await webhooks[0]?.handle(statusUpdate("in-progress", { id, number }));
    const events = [...texts, longest].map((text) => [text, Math.random()] as const).toSorted(([, a], [, b]) => a - b);
    const told = await Promise.all(events.map(([text], n) => webhooks[n % 2]?.handle(said(id, number, text))));
    expect(told.filter((one) => one?.handled && one.created)).toHaveLength(round % 2);
    expect(await scoreOf(id)).toEqual([90, "hot"]);
    expect(await storedCall(database, id)).toMatchObject({ call: { transcript: longest } });
  }
});
