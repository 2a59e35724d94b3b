import type { Row } from "postgres";
import type { Logger } from "../../src/http/logger.ts";
import type { VapiWebhookOptions } from "../../src/webhook/vapi-options.ts";
import { createVapiWebhook, type VapiWebhook } from "../../src/webhook/vapi-webhook.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg } from "../verify/healthy-case.ts";

/** Everything that was logged, a line each. */
export interface Log extends Logger {
  readonly lines: string[];
}

export function keepLog(): Log {
  const lines: string[] = [];
  const keep =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>>): void => {
      lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
    };
  return { lines, info: keep("info"), warn: keep("warn"), error: keep("error") };
}

/** A webhook of the first organisation, without authentication and without noise. */
export function webhookOf(sql: TestDatabase["sql"], changes: Partial<VapiWebhookOptions> = {}): VapiWebhook {
  return createVapiWebhook({
    sql,
    resolveOrganization: () => firstOrg,
    authenticate: "none",
    logger: keepLog(),
    ...changes,
  });
}

/** A POST with this body. */
export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request("http://localhost/api/webhooks/vapi", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

/** A call with its contact, as the database has them; times of arrival left out. */
export async function storedCall({ sql }: Pick<TestDatabase, "sql">, vapiCallId: string): Promise<Row | undefined> {
  const [row] = await sql`
    select to_jsonb(c) - array['id', 'contact_id', 'created_at', 'updated_at'] as call,
           to_jsonb(k) - array['id', 'created_at', 'updated_at'] as contact
    from public.calls as c left join public.contacts as k on k.id = c.contact_id
    where c.vapi_call_id = ${vapiCallId}`;
  return row;
}

/** A fingerprint of everything that an organisation has in calls and contacts, row by row, versions included. */
export async function fingerprint({ sql }: Pick<TestDatabase, "sql">, orgId: string): Promise<string> {
  const [row] = await sql<{ hash: string }[]>`
    select md5(string_agg(x.line, ',' order by x.line)) as hash
    from (select 'k' || k.xmin || k.ctid::text || to_jsonb(k) as line from public.contacts as k where k.org_id = ${orgId}
          union all
          select 'c' || c.xmin || c.ctid::text || to_jsonb(c) from public.calls as c where c.org_id = ${orgId}) as x`;
  return row?.hash ?? "";
}
