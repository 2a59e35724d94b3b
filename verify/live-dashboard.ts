import { z } from "zod";
import { CheckError } from "../src/checks/check-error.ts";
import type { Finding } from "../src/checks/define.ts";
import { placeholderRule } from "../src/model/placeholder-name.ts";

const timeoutMs = 20_000;
const unknownCaller = new RegExp(placeholderRule("\\s").unknownCaller, "i");
const page = z.object({ calls: z.array(z.object({ caller_name: z.string().nullable() })) });

/** Whether a shown name stands for nobody, as the former dashboard did. */
export function isUnknownCaller(name: string | null): boolean {
  return name === null || unknownCaller.test(name);
}

/** Asks `GET URL?page=1`, then searches for a name that it listed. Throws where there is no such answer. */
export async function askLiveDashboard(url: string, token: string | undefined): Promise<Finding> {
  const { calls } = await get(url, token, { page: "1" });
  const unknown = calls.filter(({ caller_name }) => isUnknownCaller(caller_name)).length;
  const named = calls.find(({ caller_name }) => caller_name !== null && !isUnknownCaller(caller_name));
  const search = named?.caller_name ?? undefined;
  const found = search === undefined ? undefined : await get(url, token, { page: "1", search });
  const lost = found !== undefined && !found.calls.some(({ caller_name }) => caller_name === search);
  return {
    population: calls.length,
    broken: unknown + (lost ? 1 : 0),
    actual: `${calls.length} calls listed, ${unknown} of them as "Unknown Caller"${lost ? "; a search by name did not find its call" : ""}`,
  };
}

async function get(
  url: string,
  token: string | undefined,
  query: Readonly<Record<string, string>>,
): Promise<z.infer<typeof page>> {
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const headers = { accept: "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
  const response = await fetch(address, { headers, signal: AbortSignal.timeout(timeoutMs), redirect: "error" }).catch(
    (cause: unknown) => {
      // The driver's text may repeat the address, and a user's name and password in it.
      throw new CheckError("the dashboard's address does not answer", { cause });
    },
  );
  if (!response.ok) throw new CheckError(`the dashboard answers with status ${response.status}`);
  const body = page.safeParse(await response.json().catch(() => undefined));
  if (!body.success) throw new CheckError("the dashboard's answer has no calls[].caller_name");
  return body.data;
}
