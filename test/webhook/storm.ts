import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { expect } from "vitest";
import { firstOrg } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { webhookOf } from "./webhook-case.ts";

/** First calls of one new number, all at once over 32 connections, each with its events repeated. */
export async function storm(url: string, number: string, calls: number): Promise<void> {
  const sql = postgres(url, { max: 32, onnotice: () => {} });
  try {
    const webhook = webhookOf(sql);
    const ids = Array.from({ length: calls }, () => randomUUID());
    const events = [...ids, ...ids.slice(0, calls / 2)].flatMap((id) => [
      statusUpdate("in-progress", { id, number, name: "Storm Caller" }),
      report({ id, number, name: "Storm Caller" }),
    ]);
    const answers = await Promise.all(shuffled(events).map((event) => webhook.handle(event)));
    expect(answers.filter((answer) => answer.handled && answer.contactCreated)).toHaveLength(1);
    const [outcome] = await sql`
      select (select count(*)::integer from public.contacts where org_id = ${firstOrg} and phone = ${number}) as contacts,
             count(*)::integer as calls, count(c.contact_id)::integer as linked,
             count(distinct c.contact_id)::integer as to, bool_and(c.status = 'ended') as ended
      from public.calls as c where c.vapi_call_id in ${sql(ids)}`;
    expect(outcome).toEqual({ contacts: 1, calls, linked: calls, to: 1, ended: true });
  } finally {
    await sql.end();
  }
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
