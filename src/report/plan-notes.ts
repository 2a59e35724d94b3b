import type { PlanReport } from "../core/plan.ts";
import type { Effects } from "../model/migration.ts";
import { countOf, formatCount } from "./format.ts";
import { unbroken } from "./wrap.ts";

/** What a plan says to whoever reads it. */
export type PlanNotes = Pick<
  PlanReport,
  "unfixable" | "triggers" | "obstacles" | "cautions" | "notTried" | "view" | "contactRoles" | "rolesWithoutContacts"
> & {
  readonly pending: readonly { readonly effects: Effects }[];
  /** They may fire: nothing stops for them. */
  readonly triggersFire?: boolean;
};

export const noNotes: PlanNotes = {
  unfixable: { count: 0, ids: [], contacts: [] },
  triggers: [],
  obstacles: [],
  cautions: [],
  notTried: [],
  view: { former: null, further: [], madeAgain: [] },
  contactRoles: [],
  rolesWithoutContacts: [],
  pending: [],
};

/** What to look at before a run, a sentence each. */
export function listNotes({
  unfixable,
  triggers,
  obstacles,
  cautions,
  notTried,
  view,
  pending,
  contactRoles,
  rolesWithoutContacts,
  triggersFire = false,
}: PlanNotes): readonly string[] {
  const setAside = pending.some(({ effects }) => (effects.contactsQuarantined ?? 0) > 0);
  const notes: string[] = [];
  if (unfixable.count > 0 && !setAside) {
    const more =
      unfixable.count > unfixable.ids.length ? ` and ${formatCount(unfixable.count - unfixable.ids.length)} more` : "";
    const named = unfixable.contacts.map(({ id, reason }) => `${id} (${reason})`).join(", ");
    notes.push(
      `${countOf(unfixable.count, "contact has", "contacts have")} a number that cannot be read${named === "" ? "" : `: ${named}${more}`}. ` +
        `ssot migrate stops there: correct them, or set them aside with ${unbroken("--on-unfixable-phone quarantine")}`,
    );
  }
  notes.push(...describeRoles(contactRoles));
  for (const { table, name, when, harmless } of triggers) {
    notes.push(
      harmless || triggersFire
        ? `trigger ${table}.${name} (${when}) will fire on rows that are changed; what it writes is not restored by a rollback`
        : `trigger ${table}.${name} (${when}) would fire on rows that are changed; ssot migrate stops there unless ${unbroken("--user-triggers fire")}`,
    );
  }
  for (const { what, remedy } of obstacles) notes.push(`${what}; ssot migrate stops there: ${remedy}`);
  for (const { what, remedy } of cautions) notes.push(`${what}. To change that: ${remedy}`);
  for (const what of notTried) notes.push(`could not be tried beforehand: ${what}`);
  if (view.former === "kept") {
    notes.push("the view calls_with_caller_names does what it is for, and stays as it is");
  } else if (view.further.length > 0) {
    notes.push(`the view calls_with_caller_names is replaced, and loses until a rollback: ${view.further.join(", ")}`);
  }
  if (view.madeAgain.length > 0) {
    notes.push(`made again with the view calls_with_caller_names that they stand on: ${view.madeAgain.join(", ")}`);
  }
  if (rolesWithoutContacts.length > 0) {
    const roles = rolesWithoutContacts.join(", ");
    notes.push(
      `may read calls but not contacts, so the view will refuse them: ${roles}. To let them: grant select on public.contacts to ${roles}`,
    );
  }
  return notes;
}

// How columns are merged that say something of the person.
function describeRoles(roles: PlanReport["contactRoles"]): readonly string[] {
  const named = (...wanted: readonly string[]): string =>
    roles
      .filter(({ role, fits }) => fits && wanted.includes(role))
      .map(({ column }) => column)
      .join(", ");
  const strange = roles.filter(({ fits }) => !fits).map(({ column }) => column);
  const otherwise = `otherwise: the word [ssot: plain] in the column's comment`;
  return [
    ...(named("dead", "alive") === ""
      ? []
      : [
          `of contacts with one number one that lives is kept, and never told dead by another: ${named("dead", "alive")} (${otherwise})`,
        ]),
    ...(named("opt-out", "consent") === ""
      ? []
      : [`of contacts with one number the strictest value is kept: ${named("opt-out", "consent")} (${otherwise})`]),
    ...(strange.length === 0
      ? []
      : [`neither true or false nor a time, so that nothing is read from it: ${strange.join(", ")}`]),
  ];
}
