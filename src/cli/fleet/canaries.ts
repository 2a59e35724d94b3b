import type { Member } from "../../core/fleet/member.ts";
import { SsotError } from "../../model/errors.ts";

/** The targets that go first: one by its name, or so many from the beginning of the list. Throws USAGE for a name that it has not. */
export function findCanaries(members: readonly Member[], wanted: string | undefined): readonly Member[] {
  if (wanted === undefined) return [];
  const named = members.find(({ name }) => name === wanted);
  if (named !== undefined) return [named];
  const count = /^[1-9]\d{0,5}$/.test(wanted) ? Number(wanted) : undefined;
  if (count !== undefined && count <= members.length) return members.slice(0, count);
  throw new SsotError(
    "USAGE",
    count === undefined
      ? "--canary names no target of the list"
      : `--canary asks for ${count} of ${members.length} targets`,
    { hint: "Expected the name of a target, or how many from the beginning of the list." },
  );
}
