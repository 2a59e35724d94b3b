/** A column of contacts, as the catalog has it. */
export interface ContactColumn {
  readonly name: string;
  /** As PostgreSQL prints it, of a domain the type below it. */
  readonly type: string;
  readonly comment: string | null;
}

/** A column of contacts that says whether a contact lives, or that a person does not want to be called. */
export interface ContactRole {
  readonly column: string;
  /**
   * dead: the contact is gone where it is true, or has a time. alive: where it is false. opt-out: of two, true wins, and the
   * earlier time. consent: of two, false wins.
   */
  readonly role: "dead" | "alive" | "opt-out" | "consent";
  readonly isBoolean: boolean;
  /** Its type can be read so; else nothing is read from it. */
  readonly fits: boolean;
}

const channel = "sms|text|email|mail|call|phone|marketing";
const byName: readonly (readonly [ContactRole["role"], RegExp])[] = [
  ["dead", /^(is)?(deleted|archived|disabled)(at|on)?$/],
  ["alive", /^(is)?active$/],
  [
    "opt-out",
    new RegExp(
      `^(is|has)?(${channel})?(unsubscribed|optedout|optout|donot(call|contact|text|sms|email|mail|disturb)|dnc)(at|on)?$`,
    ),
  ],
  ["consent", new RegExp(`^(is|has)?(${channel}|gdpr)?(consent|consented|optedin|optin)(given)?$`)],
];
const byComment = /\[ssot: (dead|alive|opt-out|consent|plain)\]/;
const times = ["timestamp with time zone", "timestamp without time zone", "date"];

/** What a column says of the contact, by its name and type, or by a word in its comment; null for others. As ssot.contact_role. */
export function roleOf({ name, type, comment }: ContactColumn): ContactRole | null {
  const bare = name.replaceAll("_", "").toLowerCase();
  const said = byComment.exec(comment ?? "")?.[1];
  const role = said ?? byName.find(([, pattern]) => pattern.test(bare))?.[0];
  if (!isRole(role)) return null;
  const isBoolean = type === "boolean";
  return {
    column: name,
    role,
    isBoolean,
    fits: isBoolean || ((role === "dead" || role === "opt-out") && times.includes(type)),
  };
}

function isRole(role: string | undefined): role is ContactRole["role"] {
  return role === "dead" || role === "alive" || role === "opt-out" || role === "consent";
}

/** SQL for: the contact `alias` is gone. As ssot.is_dead. */
export function deadText(alias: string, roles: readonly ContactRole[]): string {
  const signs = roles.filter(({ role, fits }) => fits && (role === "dead" || role === "alive"));
  if (signs.length === 0) return "false";
  const texts = signs.map(({ column, role, isBoolean }) => {
    const value = `${alias}."${column.replaceAll('"', '""')}"`;
    if (role === "alive") return `${value} is false`;
    return isBoolean ? `${value} is true` : `${value} is not null`;
  });
  return `(${texts.join(" or ")})`;
}
