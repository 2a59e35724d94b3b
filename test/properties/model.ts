import type postgres from "postgres";
import { normalisePhone } from "../../src/phone/normalise.ts";

/** A contact as it was before the migration. */
interface OriginalContact {
  readonly id: string;
  readonly org_id: string;
  readonly name: string | null;
  readonly phone: string;
  readonly created_at: Date | null;
}

/** A call as it was before the migration. */
interface OriginalCall {
  readonly id: string;
  readonly org_id: string;
  readonly contact_id: string | null;
  readonly call_direction: string;
  readonly phone_number: string | null;
  readonly from_number: string | null;
  readonly caller_name: string | null;
  readonly created_at: Date;
}

export interface Originals {
  readonly countries: ReadonlyMap<string, string>;
  readonly contacts: readonly OriginalContact[];
  readonly calls: readonly OriginalCall[];
}

/** Reads what the model of the migrations starts from. */
export async function readOriginals(sql: postgres.Sql): Promise<Originals> {
  const organizations = await sql<{ id: string; telephony_country: string }[]>`
    select id, telephony_country from public.organizations order by id`;
  return {
    countries: new Map(organizations.map((row) => [row.id, row.telephony_country])),
    contacts: await sql<OriginalContact[]>`
      select id, org_id, name, phone, created_at from public.contacts order by id`,
    calls: await sql<OriginalCall[]>`
      select id, org_id, contact_id, call_direction, phone_number, from_number, caller_name, created_at
      from public.calls order by id`,
  };
}

/** E.164 as the organisation's country reads it, else null. */
export function numberIn({ countries }: Originals, organization: string, raw: string | null): string | null {
  return normalisePhone(raw, countries.get(organization) ?? "US");
}

/** The contacts of one organisation and number, the oldest first: the first survives a merge. */
function groupContacts(originals: Originals): ReadonlyMap<string, readonly OriginalContact[]> {
  const groups = new Map<string, OriginalContact[]>();
  for (const contact of originals.contacts) {
    const number = numberIn(originals, contact.org_id, contact.phone);
    const key = `${contact.org_id} ${isNobodys(number) ? contact.id : number}`;
    groups.set(key, [...(groups.get(key) ?? []), contact]);
  }
  for (const group of groups.values()) group.sort(olderFirst);
  return groups;
}

/** Each contact with the one that it is after the migration: itself, or the survivor of its duplicates. */
export function survivorsOf(originals: Originals): ReadonlyMap<string, string> {
  return new Map(
    [...groupContacts(originals).values()].flatMap((group) => group.map(({ id }) => [id, group[0]?.id ?? id] as const)),
  );
}

/** The contact of each call after the migration. */
export function expectedLinks(originals: Originals): Record<string, string | null> {
  const groups = groupContacts(originals);
  const survivors = survivorsOf(originals);
  return Object.fromEntries(
    originals.calls.map((call) => {
      if (call.contact_id !== null) return [call.id, survivors.get(call.contact_id) ?? null];
      const number = numberIn(originals, call.org_id, otherSide(call));
      return [call.id, (isNobodys(number) ? undefined : groups.get(`${call.org_id} ${number}`)?.[0]?.id) ?? null];
    }),
  );
}

/** The name of each contact that is left after the migration. */
export function expectedNames(originals: Originals): Record<string, string> {
  const links = expectedLinks(originals);
  const names: Record<string, string> = {};
  for (const group of groupContacts(originals).values()) {
    const [survivor, ...duplicates] = group;
    if (survivor === undefined) continue;
    const own = [survivor, ...duplicates.toReversed()].map(({ name }) => name).find(isRealName);
    const heard = originals.calls
      .filter(
        (call) =>
          call.call_direction === "inbound" && call.org_id === survivor.org_id && links[call.id] === survivor.id,
      )
      .toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime() || (a.id < b.id ? 1 : -1))
      .map(({ caller_name }) => caller_name)
      .find(isRealName);
    const fallback = numberIn(originals, survivor.org_id, survivor.phone) ?? survivor.phone;
    names[survivor.id] = own ?? heard?.replace(/^ +| +$/g, "") ?? fallback;
  }
  return names;
}

const isSentForNone =
  /^(anonymous|unavailable|(anonymous|blocked|cellular|private|restricted|unavailable|unknown|wireless|withheld)(caller|callerid|number|name))$/;

/** A name that is none of: absent, blank, invisible, what networks send for none, one ASCII character, "unknown (caller)", a phone number. */
export function isRealName(name: string | null): name is string {
  const bare = (name ?? "").replaceAll(/^[\s\u200b\u2060]+|[\s\u200b\u2060]+$/g, "");
  if (bare === "" || /^[!-~]$/.test(bare)) return false;
  if (/^unknown[\s\u200b\u2060]*(caller)?$/i.test(bare)) return false;
  const words = bare.toLowerCase().replaceAll(/[\s\u200b\u2060]/g, "");
  if (isSentForNone.test(words) || /^[\p{Default_Ignorable_Code_Point}\p{Zs}\u2028\u2029\u2800]*$/u.test(bare))
    return false;
  return !/^[\s\u200b\u2060]*(tel:)?[-+0-9()./\s\u200b\u2060\u2010-\u2015\u2212]+$/i.test(name ?? "");
}

/** No number, or one that a network sends for none; the keypad's spellings are of the shape of E.164. */
function isNobodys(number: string | null): boolean {
  const bare = (number ?? "").replaceAll(/[^a-z0-9+]/gi, "").toLowerCase();
  const keypad = ["+266696687", "+7378742833", "+86282452253", "+2562533", "+8656696"];
  return (
    keypad.includes(bare) ||
    /^((anonymous|unknown|unavailable|restricted|private|blocked|withheld)(caller(id)?|number)?)?$/.test(bare)
  );
}

function otherSide(call: OriginalCall): string | null {
  const named = !isNobodys(call.phone_number);
  return call.call_direction === "outbound" || named ? call.phone_number : call.from_number;
}

function olderFirst(a: OriginalContact, b: OriginalContact): number {
  const time = (contact: OriginalContact): number => contact.created_at?.getTime() ?? Number.POSITIVE_INFINITY;
  const [one, other] = [time(a), time(b)];
  if (one !== other) return one < other ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
