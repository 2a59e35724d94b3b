import type { Sql } from "postgres";
import { answer, errorAnswer } from "../http/answer.ts";

interface StandInOptions {
  readonly sql: Sql;
  readonly authorize: (request: Request) => string | null | Promise<string | null>;
  /** The library's hears what went wrong; here the application does. */
  readonly logger: unknown;
}

const mostRows = 100;

/** Until the library has it: `GET …/calls-dashboard` (`page`, `limit`, `search`) and `…/recent` (`limit`). */
export function createCallsDashboard({ sql, authorize }: StandInOptions): {
  readonly fetch: (request: Request) => Promise<Response>;
} {
  return {
    fetch: async (request) => {
      const orgId = await authorize(request);
      if (orgId === null) return errorAnswer(401, "UNAUTHENTICATED", "a bearer token is expected");
      const { pathname, searchParams } = new URL(request.url);
      const page = whole(searchParams.get("page"), 1, 1_000_000);
      const limit = whole(searchParams.get("limit"), 20, mostRows);
      const search = searchParams.get("search") ?? "";
      const pattern = `%${search.replace(/[\\%_]/g, "\\$&")}%`;
      const matching = sql`
        from public.calls_with_caller_names
        where org_id = ${orgId} and (${search} = '' or phone_number ilike ${pattern} or resolved_caller_name ilike ${pattern})`;
      const calls = await sql`
        select id, contact_id, call_direction, coalesce(phone_number, 'Unknown') as phone_number,
               resolved_caller_name as caller_name, name_source, created_at
        ${matching}
        order by created_at desc, id
        limit ${limit} offset ${(page - 1) * limit}`;
      if (pathname.endsWith("/recent")) return answer(200, { calls });
      const [count] = await sql<{ total: number }[]>`select count(*)::integer as total ${matching}`;
      return answer(200, { calls, total: count?.total ?? 0, page, limit });
    },
  };
}

function whole(text: string | null, otherwise: number, most: number): number {
  const n = Number(text ?? otherwise);
  return Number.isInteger(n) && n >= 1 ? Math.min(n, most) : otherwise;
}
