import type { ReadNumber } from "../../phone/read-numbers.ts";
import { type Copy, literal, quoteName, type Wanted } from "./copies.ts";

/** What a run will do to rows of a database: only that is tried. */
export interface Work {
  readonly links: boolean;
  readonly names: boolean;
  readonly merges: boolean;
  /** Calls get the number that they have in the deprecated column only. */
  readonly fills: boolean;
  /** Some of the numbers that it will write anew. */
  readonly contactNumbers: readonly ReadNumber[];
  readonly callNumbers: readonly ReadNumber[];
}

/** One statement of a change, with the row as it has to be afterwards. */
export interface Step {
  readonly event: "INSERT" | "UPDATE" | "DELETE";
  /** What is written: the object of "does not take". */
  readonly what: string;
  /** Gives one row, whose `ok` says that what was written is there. */
  readonly sql: string;
}

/** A row, and what a run and its rollback do to it. */
export interface Change {
  readonly copy: Copy;
  readonly row: Wanted;
  /** Undefined: the statement that added the row, once more. */
  readonly steps: readonly (Step | "add the row again")[];
}

const organisation = crypto.randomUUID();
const survivor = crypto.randomUUID();
const duplicate = crypto.randomUUID();
const inbound = { call_direction: "inbound" };

/** Every change that a run would make to rows, on copies of their tables, with its way back. */
export function listChanges(copies: readonly Copy[], work: Work): readonly Change[] {
  return copies.flatMap((copy) => {
    if (copy.role === "contacts") return changesOfContacts(copy, work);
    return copy.role === "calls" ? changesOfCalls(copy, work) : changesOfReferences(copy, work);
  });
}

function changesOfContacts(copy: Copy, work: Work): readonly Change[] {
  const number = work.contactNumbers[0]?.e164 ?? "+12125550188";
  const rowOf = (id: string, name: string, phone: string): Wanted => ({
    always: { id, org_id: organisation },
    else: { name, phone },
  });
  const changes: Change[] = [];
  for (const { raw, e164 } of work.contactNumbers) {
    const id = crypto.randomUUID();
    changes.push({
      copy,
      row: { always: { id, org_id: organisation, phone: raw }, else: { name: "Trial" } },
      steps: [
        write(copy, id, "phone", e164, "a number in E.164"),
        write(copy, id, "phone", raw, "a number as it was before, on the way back"),
      ],
    });
  }
  if (work.names) {
    const id = crypto.randomUUID();
    changes.push({
      copy,
      row: { always: { id, org_id: organisation, name: "Unknown Caller", phone: number } },
      steps: [
        write(copy, id, "name", number, "a name that is the contact's number"),
        write(copy, id, "name", "Unknown Caller", "a name as it was before, on the way back"),
      ],
    });
  }
  if (work.merges) {
    changes.push({
      copy,
      row: rowOf(duplicate, "Trial", number),
      steps: [
        {
          event: "DELETE",
          what: "the delete of a duplicate",
          sql: `delete from ${copy.copy} as r using ${copy.opened} where r.id = ${idOf(copy, duplicate)} returning true as ok`,
        },
        "add the row again",
      ],
    });
    changes.push({
      copy,
      row: rowOf(survivor, "Trial", number),
      steps: [
        {
          event: "UPDATE",
          what: "what a duplicate fills in",
          sql: `update ${copy.copy} as r set name = 'Trial Contact' from ${copy.opened} where r.id = ${idOf(copy, survivor)} returning true as ok`,
        },
      ],
    });
    changes.push(...changesOfReferences(copy, work));
  }
  return changes;
}

function changesOfCalls(copy: Copy, work: Work): readonly Change[] {
  const changes: Change[] = [];
  if (work.links) {
    const id = crypto.randomUUID();
    changes.push({
      copy,
      row: { always: { id, org_id: organisation, contact_id: null }, else: inbound },
      steps: [
        write(copy, id, "contact_id", survivor, "a link to a contact"),
        write(copy, id, "contact_id", null, "an empty link, on the way back"),
      ],
    });
  }
  for (const { raw, e164 } of work.callNumbers) {
    const id = crypto.randomUUID();
    changes.push({
      copy,
      row: { always: { id, org_id: organisation, phone_number: raw }, else: { ...inbound, contact_id: null } },
      steps: [
        write(copy, id, "phone_number", e164, "a number in E.164"),
        write(copy, id, "phone_number", raw, "a number as it was before, on the way back"),
      ],
    });
  }
  if (work.fills) {
    const id = crypto.randomUUID();
    changes.push({
      copy,
      row: { always: { id, org_id: organisation, phone_number: null }, else: inbound },
      steps: [
        write(copy, id, "phone_number", "+12125550188", "a number in E.164"),
        write(copy, id, "phone_number", null, "an empty number, on the way back"),
      ],
    });
  }
  if (work.merges) changes.push(...changesOfReferences(copy, work));
  return changes;
}

// One row a column, which is the only one of the copy that holds the duplicate there.
function changesOfReferences(copy: Copy, { merges }: Work): readonly Change[] {
  if (!merges) return [];
  return copy.references.map((name) => {
    const column = copy.columns.find((c) => c.name === name);
    const type = column?.type ?? "uuid";
    const move = (from: string, to: string, what: string): Step => ({
      event: "UPDATE",
      what,
      sql: `update ${copy.copy} as r set ${quoteName(name)} = ${literal(to, type)} from ${copy.opened}
        where r.${quoteName(name)} = ${literal(from, type)} returning r.${quoteName(name)} = ${literal(to, type)} as ok`,
    });
    return {
      copy,
      row: {
        always: { ...(copy.role === "reference" ? {} : { id: crypto.randomUUID() }), [name]: duplicate },
        else: copy.role === "calls" ? inbound : { phone: "+12125550187" },
      },
      steps: [
        move(duplicate, survivor, "another contact, when two become one"),
        move(survivor, duplicate, "its contact of before, on the way back"),
      ],
    };
  });
}

function idOf(copy: Copy, id: string): string {
  return literal(id, copy.columns.find(({ name }) => name === "id")?.type ?? "uuid");
}

function write(copy: Copy, id: string, name: string, value: string | null, what: string): Step {
  const type = copy.columns.find((column) => column.name === name)?.type ?? "text";
  const written = literal(value ?? undefined, type);
  return {
    event: "UPDATE",
    what,
    sql: `update ${copy.copy} as r set ${quoteName(name)} = ${written} from ${copy.opened} where r.id = ${idOf(copy, id)}
      returning r.${quoteName(name)} is not distinct from ${written} as ok`,
  };
}
