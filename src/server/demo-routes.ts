import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Sql } from "postgres";
import { z } from "zod";
import { answer, errorAnswer } from "../http/answer.ts";
import { type Access, comesFromElsewhere } from "./access.ts";
import { endOfCallReport, firstCaller } from "./first-call.ts";
import { renameContact, renameRequest } from "./rename-contact.ts";

export interface DemoRoutesOptions {
  readonly sql: Sql;
  readonly access: Access;
  /** Sends a message to this server's webhook, as its sender would. */
  readonly sendToWebhook: (message: object) => Response | Promise<Response>;
}

const recorded = z.object({ callId: z.uuid() });
const mostBytes = 16 * 1024;
const badName =
  'The database refuses this name. A name has at least two letters, and is neither a number nor "Unknown Caller".';

/** What only the demo has: a call at the push of a button, and a contact's new name. */
export function createDemoRoutes({ sql, access, sendToWebhook }: DemoRoutesOptions): Hono<{
  Variables: { orgId: string };
}> {
  const routes = new Hono<{ Variables: { orgId: string } }>();
  let calls = 0;

  routes.use(async (context, next) => {
    if (comesFromElsewhere(context.req.raw)) return errorAnswer(403, "CROSS_SITE", "another page sends this");
    const orgId = access.organisationOf(context.req.raw);
    if (orgId === null) return errorAnswer(401, "UNAUTHENTICATED", "the sender did not prove who it is");
    context.set("orgId", orgId);
    return next();
  });
  routes.use(bodyLimit({ maxSize: mostBytes, onError: () => errorAnswer(413, "BODY_TOO_LARGE", "too long") }));

  routes.post("/first-call", async ({ var: { orgId } }) => {
    const [organisation] = await sql<{ phoneNumberId: string | null }[]>`
      select vapi_phone_number_id as "phoneNumberId" from public.organizations where id = ${orgId}`;
    const phoneNumberId = organisation?.phoneNumberId ?? null;
    if (phoneNumberId === null) return errorAnswer(409, "CONFIGURATION", "the organisation has no number at Vapi");
    const caller = firstCaller(calls);
    calls += 1;
    const answered = await sendToWebhook(endOfCallReport(caller, phoneNumberId));
    if (!answered.ok) return answered;
    return answer(200, { ...caller, ...recorded.parse(await answered.json()) });
  });

  routes.post("/rename", async ({ req, var: { orgId } }) => {
    const isJson = /^application\/json\b/i.test(req.header("content-type") ?? "");
    const asked = renameRequest.safeParse(isJson ? await req.json().catch(() => undefined) : undefined);
    if (!asked.success) {
      return errorAnswer(400, "PAYLOAD_INVALID", "A contactId and a name of at most 200 characters are expected.");
    }
    const renamed = await renameContact(sql, { ...asked.data, orgId });
    if (renamed === null) return errorAnswer(404, "UNKNOWN_CONTACT", "There is no such contact.");
    return renamed === "refused" ? errorAnswer(422, "NAME_REFUSED", badName) : answer(200, renamed);
  });

  return routes;
}
