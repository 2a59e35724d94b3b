import type { Reader } from "./database.ts";

/** Terms of a length: parts of names and of numbers of calls drawn at random, and letters that nobody has. */
export async function drawTerms(reader: Reader, length: number, draws: number): Promise<readonly string[]> {
  const { owner, orgId } = reader;
  await owner`select setseed(${length / 10})`;
  const rows = await owner<{ name: string; number: string; a: number; b: number }[]>`
    select v.resolved_caller_name as name, v.phone_number as number, random() as a, random() as b
    from public.calls_with_caller_names as v
    where v.org_id = ${orgId} and v.name_source = 'contact' and v.phone_number is not null
    order by random() limit ${draws}`;
  return rows.flatMap(({ name, number, a, b }, n) => [
    cut(name, length, a),
    cut(number, length, b),
    `q${"zxqjvkwz".slice(n % 3).repeat(2)}`.slice(0, length),
  ]);
}

function cut(text: string, length: number, at: number): string {
  const letters = [...text];
  const from = Math.floor(at * Math.max(1, letters.length - length + 1));
  return letters.slice(from, from + length).join("");
}
