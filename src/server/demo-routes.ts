import { Hono, type HonoRequest } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Sql } from "postgres";
import { z } from "zod";
import { answer, errorAnswer } from "../http/answer.ts";
import { type Access, comesFromElsewhere } from "./access.ts";
import { countUnknown, type UnknownCalls } from "./count-unknown.ts";
import { endOfCallReport, firstCaller } from "./first-call.ts";
import { nameCaller, namingRequest } from "./name-caller.ts";
import { renameContact, renameRequest } from "./rename-contact.ts";

export interface DemoRoutesOptions {
  readonly sql: Sql;
  readonly access: Access;
  /** What the former dashboard showed; null where nobody knows. */
  readonly before: UnknownCalls | null;
  /** Sends a message to this server's webhook, as its sender would. */
  readonly sendToWebhook: (message: object) => Response | Promise<Response>;
}

const recorded = z.object({ callId: z.uuid() });
const mostBytes = 16 * 1024;
const badName =
  'The database refuses this name. A name has at least two letters, and is neither a number nor "Unknown Caller".';

/** What only the demo has: the story's figures, a call at the push of a button, and names for those who called. */
export function createDemoRoutes({ sql, access, before, sendToWebhook }: DemoRoutesOptions): Hono<{
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

  routes.get("/figures", async ({ var: { orgId } }) => answer(200, { before, now: await countUnknown(sql, orgId) }));

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

  routes.post("/name-caller", async ({ req, var: { orgId } }) => {
    const asked = namingRequest.safeParse(await jsonOf(req));
    if (!asked.success) {
      return errorAnswer(400, "PAYLOAD_INVALID", "A callId and a name of at most 200 characters are expected.");
    }
    const named = await nameCaller(sql, { ...asked.data, orgId });
    if (named === null) return errorAnswer(404, "UNKNOWN_CALL", "There is no such call.");
    if (named === "unreadable") {
      return errorAnswer(422, "NUMBER_UNREADABLE", "This call has no number that a contact can have.");
    }
    return named === "refused" ? errorAnswer(422, "NAME_REFUSED", badName) : answer(200, named);
  });

  routes.post("/rename", async ({ req, var: { orgId } }) => {
    const asked = renameRequest.safeParse(await jsonOf(req));
    if (!asked.success) {
      return errorAnswer(400, "PAYLOAD_INVALID", "A contactId and a name of at most 200 characters are expected.");
    }
    const renamed = await renameContact(sql, { ...asked.data, orgId });
    if (renamed === null) return errorAnswer(404, "UNKNOWN_CONTACT", "There is no such contact.");
    return renamed === "refused" ? errorAnswer(422, "NAME_REFUSED", badName) : answer(200, renamed);
  });

  return routes;
}

// A form of another site can send text that is JSON, but not say that it is.
async function jsonOf(req: HonoRequest): Promise<unknown> {
  const isJson = /^application\/json\b/i.test(req.header("content-type") ?? "");
  return isJson ? await req.json().catch(() => undefined) : undefined;
}
