import { randomUUID } from "node:crypto";
import type { Lane } from "./lane.ts";
import type { KnownRow, World } from "./world.ts";

/** The end of a call, of a number that has a contact or of a new one; every third is told again, with a longer transcript. */
export async function sendWebhook(lane: Lane, { random, contacts, acknowledged }: World): Promise<void> {
  const { orgId, number: known } = random.pick(contacts);
  const number = random.below(2) === 0 && known !== null ? known : random.number();
  const id = randomUUID();
  let transcript = `User: ${random.name()}.`;
  for (let again = random.below(3) === 0 ? 2 : 1; again > 0; again -= 1) {
    const handled = await lane.webhook.handle(report({ id, orgId, number, name: random.name(), transcript }));
    if (!handled.handled) throw notFound();
    acknowledged.add({ target: "call", id: handled.callId, orgId, value: `${number} ${number} ${transcript}` });
    transcript += " And so on.";
  }
}

interface ToldCall {
  readonly id: string;
  readonly orgId: string;
  readonly number: string;
  readonly name: string;
  readonly transcript: string;
}

function report({ id, orgId, number, name, transcript }: ToldCall): unknown {
  return {
    message: {
      type: "end-of-call-report",
      startedAt: "2026-09-10T10:00:05.212Z",
      endedAt: "2026-09-10T10:02:01.902Z",
      analysis: { summary: "Booked.", structuredData: { sentiment: "positive" } },
      artifact: { transcript },
      call: { id, type: "inboundPhoneCall", assistantId: orgId, customer: { number, name } },
    },
  };
}

/** Somebody writes a note on a call. */
export function writeNotes(lane: Lane, world: World): Promise<void> {
  return world.alone(world.calls, async ({ id, orgId }) => {
    const value = world.random.name();
    const done = await lane.sql`
      update public.calls set notes = ${value} where id = ${id} and org_id = ${orgId} returning id`;
    if (done.length === 0) throw notFound();
    world.acknowledged.add({ target: "notes", id, orgId, value });
  });
}

/** Somebody says whose a call was: another contact than the one that has its number. */
export function linkByHand(lane: Lane, world: World): Promise<void> {
  return world.alone(world.calls, async ({ id, orgId, number }) => {
    const contact = otherContact(world, orgId, number);
    const done = await lane.sql`
      update public.calls set contact_id = ${contact.id} where id = ${id} and org_id = ${orgId} returning id`;
    if (done.length === 0) throw notFound();
    world.acknowledged.add({ target: "link", id, orgId, value: String(contact.number) });
  });
}

function otherContact({ random, contacts }: World, orgId: string, number: string | null): KnownRow {
  for (;;) {
    const contact = random.pick(contacts);
    if (contact.orgId === orgId && contact.number !== null && contact.number !== number) return contact;
  }
}

/** Somebody corrects the number of a call, as people write numbers. */
export function correctNumber(lane: Lane, world: World): Promise<void> {
  return world.alone(world.calls, async ({ id, orgId }) => {
    const number = world.random.number();
    const written =
      world.random.below(2) === 0 ? number : `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`;
    const done = await lane.sql`
      update public.calls set phone_number = ${written} where id = ${id} and org_id = ${orgId} returning id`;
    if (done.length === 0) throw notFound();
    world.acknowledged.add({ target: "number", id, orgId, value: number });
  });
}

/** Somebody renames a contact. */
export function renameContact(lane: Lane, world: World): Promise<void> {
  return world.alone(world.contacts, async ({ id, orgId }) => {
    const value = world.random.name();
    const done = await lane.sql`
      update public.contacts set name = ${value} where id = ${id} and org_id = ${orgId} returning id`;
    if (done.length === 0) throw notFound();
    world.acknowledged.add({ target: "name", id, orgId, value });
  });
}

/** The application as it was: the caller's name and number go into the deprecated columns, of a new call or an old one. */
export function writeLegacy(lane: Lane, world: World): Promise<void> {
  return world.alone(world.calls, async (call) => {
    const { random, acknowledged } = world;
    const [name, number, { orgId }] = [random.name(), random.number(), call];
    const [row] =
      random.below(2) === 0
        ? await lane.sql<{ id: string }[]>`
            insert into public.calls (org_id, vapi_call_id, call_direction, caller_name, from_number)
            values (${orgId}, ${randomUUID()}, 'inbound', ${name}, ${number}) returning id`
        : await lane.sql<{ id: string }[]>`
            update public.calls set caller_name = ${name}, from_number = ${number}
            where id = ${call.id} and org_id = ${orgId} returning id`;
    if (row === undefined) throw notFound();
    acknowledged.add({ target: "legacy", id: row.id, orgId, value: `${number} ${name}` });
  });
}

/** The sender sees that no row was written. */
function notFound(): Error {
  return Object.assign(new Error("there is no such row"), { code: "NO_ROW" });
}
