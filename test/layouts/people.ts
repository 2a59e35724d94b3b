import type { Layout } from "./layout.ts";

const org = "'00000000-0000-0000-0000-00000000000a'";
const id = (n: number): string => `'00000000-0000-0000-0001-00000000000${n}'`;

/** Sets columns of a contact, and nothing that a trigger would stamp. */
function set(n: number, values: string): string {
  return `update contacts set ${values} where id = ${id(n)};`;
}

/** Condition: of the two contacts of one number this one is left. */
function left(n: number, more = "true"): string {
  return `(select count(*) = 1 and bool_and(k.id = ${id(n)} and (${more})) from contacts as k where k.id in (${id(1)}, ${id(2)}))`;
}

/** Each way to say that a contact is gone, and what the older of the two says then. */
const gone: readonly { readonly column: string; readonly dead: string; readonly live: string }[] = [
  { column: "deleted_at timestamptz", dead: "'2026-01-10'", live: "null" },
  { column: "archived_at timestamp", dead: "'2026-01-10'", live: "null" },
  { column: "disabled_at date", dead: "'2026-01-10'", live: "null" },
  { column: "is_deleted boolean not null default false", dead: "true", live: "false" },
  { column: "is_archived boolean", dead: "true", live: "null" },
  { column: "is_disabled boolean", dead: "true", live: "false" },
  { column: "active boolean not null default true", dead: "false", live: "true" },
  { column: "is_active boolean", dead: "false", live: "null" },
  { column: '"deletedAt" timestamptz', dead: "'2026-01-10'", live: "null" },
];

const nameOf = (column: string): string => column.replace(/ .*$/, "");

/** A table that references contacts, with a row of each of the two contacts of one number. */
function references(columns: string, first: string, second: string): string {
  return `create table bookings (id bigint primary key, ${columns});
    insert into bookings values (1, ${first}), (2, ${second});`;
}

const conflict = "MERGE_CONFLICT";
const byRows = "only the rows of a run can tell";

/** Contacts that are one person: who is kept, what is carried over, and what stands against it. */
export const peopleLayouts: readonly Layout[] = [
  ...gone.map(
    ({ column, dead, live }): Layout => ({
      what: `the younger of two is gone by ${column}`,
      ...(column === "deleted_at timestamptz" && { always: true }),
      sql: `alter table contacts add ${column}; ${set(1, `${nameOf(column)} = ${live}`)}
      ${set(2, `${nameOf(column)} = ${dead}, email = 'gone@example.com'`)}`,
      right: "works",
      after: left(1, `k.${nameOf(column)} is not distinct from ${live} and k.email is null and k.name = 'Ann Example'`),
    }),
  ),
  ...gone.map(
    ({ column, dead, live }): Layout => ({
      what: `the older of two is gone by ${column}`,
      sql: `alter table contacts add ${column}; ${set(1, `${nameOf(column)} = ${dead}, email = 'gone@example.com'`)}
      ${set(2, `${nameOf(column)} = ${live}`)}`,
      right: "works",
      after: `${left(2, `k.${nameOf(column)} is not distinct from ${live} and k.email is null and k.name = 'Ann E.' and k.phone = '+12125550101'`)}
      and (select c.contact_id = ${id(2)} from calls as c where c.vapi_call_id = 'v-1')`,
    }),
  ),
  {
    what: "both are gone: the older is kept, and filled",
    sql: `alter table contacts add deleted_at timestamptz; ${set(1, "deleted_at = '2026-01-11'")}
      ${set(2, "deleted_at = '2026-01-10', email = 'ann@example.com'")}`,
    right: "works",
    after: left(1, "k.deleted_at = '2026-01-11' and k.email = 'ann@example.com'"),
  },
  {
    what: "a placeholder that lives, and a real name that is gone",
    sql: `alter table contacts add deleted_at timestamptz; ${set(1, "deleted_at = '2026-01-10'")} ${set(2, "name = 'Unknown'")}`,
    right: "works",
    after: left(2, "k.name = k.phone"),
  },
  {
    what: "a status is no sign of life, nor is a column of a strange type",
    sql: `alter table contacts add status text, add active text; ${set(1, "status = 'deleted', active = 'no'")}
      ${set(2, "status = 'active', active = 'yes', email = 'ann@example.com'")}`,
    right: "works",
    after: left(1, "k.status = 'deleted' and k.active = 'no' and k.email = 'ann@example.com'"),
  },
  {
    what: "a sign of life that only a comment tells, and one that a comment takes back",
    sql: `alter table contacts add left_us_on date, add active boolean;
      comment on column contacts.left_us_on is 'When they left [ssot: dead]';
      comment on column contacts.active is '[ssot: plain]';
      ${set(1, "left_us_on = '2026-01-10', active = true")} ${set(2, "active = false")}`,
    right: "works",
    after: left(2, "k.left_us_on is null and k.active = false"),
  },
  {
    what: "a generated column tells that a contact is gone",
    sql: `alter table contacts add erased_on date, add is_deleted boolean generated always as (erased_on is not null) stored;
      ${set(1, "erased_on = '2026-01-10'")}`,
    right: "works",
    after: left(2, "k.erased_on is null and not k.is_deleted"),
  },
  {
    what: "opt-outs are carried over, and the strictest value is kept",
    sql: `alter table contacts add unsubscribed boolean not null default false, add opted_out_at timestamptz, add do_not_call boolean,
        add do_not_contact boolean, add consent boolean, add sms_consent boolean, add marketing_consent boolean;
      ${set(1, "opted_out_at = '2026-01-09', do_not_call = false, consent = true, sms_consent = null, marketing_consent = true")}
      ${set(2, "unsubscribed = true, opted_out_at = '2026-01-08', do_not_call = null, do_not_contact = true, consent = false, sms_consent = true")}`,
    right: "works",
    after: left(
      1,
      `k.unsubscribed and k.opted_out_at = '2026-01-08' and k.do_not_call = false and k.do_not_contact
       and k.consent = false and k.sms_consent and k.marketing_consent`,
    ),
  },
  {
    what: "the opt-outs of a contact that is gone are carried over, and nothing else",
    sql: `alter table contacts add deleted_at timestamptz, add deleted_by text, add do_not_call boolean, add unsubscribed_at timestamptz;
      ${set(1, "deleted_at = '2026-01-10', deleted_by = 'admin', do_not_call = true, unsubscribed_at = '2026-01-09', notes = 'rude'")}`,
    right: "works",
    after: left(
      2,
      "k.do_not_call and k.unsubscribed_at = '2026-01-09' and k.deleted_at is null and k.deleted_by is null and k.notes is null",
    ),
  },
  {
    what: "an opt-out and its time, which a rule lets stand only together",
    sql: `alter table contacts add opted_out boolean not null default false, add opted_out_at timestamptz,
        add check (opted_out = (opted_out_at is not null)); ${set(2, "opted_out = true, opted_out_at = '2026-01-08'")}`,
    right: "works",
    after: left(1, "k.opted_out and k.opted_out_at = '2026-01-08'"),
  },
  {
    what: "fields of which a rule lets a contact have one only",
    sql: `alter table contacts add person text, add company text, add unsubscribed boolean,
        add constraint one_kind check (num_nonnulls(person, company) <= 1);
      ${set(1, "person = 'Ann'")} ${set(2, "company = 'Acme', unsubscribed = true, notes = 'nice'")}`,
    right: "works",
    after: left(1, "k.person = 'Ann' and k.company is null and k.unsubscribed and k.notes = 'nice'"),
  },
  {
    what: "appointments that exclude each other for one contact",
    sql: `create extension if not exists btree_gist;
      ${references(
        "contact_id uuid references contacts, during tstzrange, constraint one_at_a_time exclude using gist (contact_id with =, during with &&)",
        `${id(1)}, '[2026-02-01 10:00+00,2026-02-01 11:00+00)'`,
        `${id(2)}, '[2026-02-01 10:30+00,2026-02-01 11:30+00)'`,
      )}`,
    right: { code: conflict, says: "one_at_a_time" },
    doctorCannotTell: byRows,
  },
  {
    what: "appointments one after the other",
    sql: `create extension if not exists btree_gist;
      ${references(
        "contact_id uuid references contacts, during tstzrange, constraint one_at_a_time exclude using gist (contact_id with =, during with &&)",
        `${id(1)}, '[2026-02-01 10:00+00,2026-02-01 11:00+00)'`,
        `${id(2)}, '[2026-02-01 11:00+00,2026-02-01 11:30+00)'`,
      )}`,
    right: "works",
    after: `(select count(*) = 2 from bookings where contact_id = ${id(1)})`,
  },
  {
    what: "a partial unique key that two contacts hold once each",
    sql: `${references("contact_id uuid references contacts, is_main boolean", `${id(1)}, true`, `${id(2)}, true`)}
      create unique index one_main on bookings (contact_id) where is_main`,
    right: { code: conflict, says: "one_main" },
    doctorCannotTell: byRows,
  },
  {
    what: "a partial unique key that one of them holds",
    sql: `${references("contact_id uuid references contacts, is_main boolean", `${id(1)}, true`, `${id(2)}, false`)}
      create unique index one_main on bookings (contact_id) where is_main`,
    right: "works",
  },
  {
    what: "a unique key on an expression",
    sql: `${references("contact_id uuid references contacts, tag text", `${id(1)}, 'VIP'`, `${id(2)}, 'vip'`)}
      create unique index one_tag on bookings (contact_id, lower(tag))`,
    right: { code: conflict, says: "one_tag" },
    doctorCannotTell: byRows,
  },
  {
    what: "a unique key in which nulls are equal",
    sql: references(
      "contact_id uuid references contacts, slot int, constraint one_slot unique nulls not distinct (contact_id, slot)",
      `${id(1)}, null`,
      `${id(2)}, null`,
    ),
    right: { code: conflict, says: "one_slot" },
    doctorCannotTell: byRows,
  },
  {
    what: "a CHECK that two references differ",
    sql: references(
      "guest uuid references contacts, host uuid references contacts, constraint not_alone check (guest <> host)",
      `${id(1)}, ${id(2)}`,
      `${id(2)}, ${id(3)}`,
    ),
    right: { code: conflict, says: "not_alone" },
    doctorCannotTell: byRows,
  },
  {
    what: "a CHECK that two references differ, and they do",
    sql: references(
      "guest uuid references contacts, host uuid references contacts, constraint not_alone check (guest <> host)",
      `${id(1)}, ${id(3)}`,
      `${id(3)}, ${id(2)}`,
    ),
    right: "works",
    after: `(select array_agg(guest order by id) = array[${id(1)}, ${id(3)}]::uuid[] and array_agg(host order by id) = array[${id(3)}, ${id(1)}]::uuid[] from bookings)`,
  },
  ...(
    [
      [
        "a CHECK that somebody must be named",
        "contact_id uuid references contacts, lead text, constraint somebody check (num_nonnulls(contact_id, lead) = 1)",
        `${id(3)}, null`,
        "somebody",
      ],
      [
        "a key that matches in full",
        "org uuid, contact_id uuid, constraint in_full foreign key (org, contact_id) references contacts (org_id, id) match full",
        `${org}, ${id(3)}`,
        "in_full",
      ],
      ["a domain that is never null", "contact_id needed references contacts", id(3), "bookings_contact_id_fkey"],
    ] as const
  ).map(
    ([kind, columns, row, says]): Layout => ({
      what: `a contact is to be set aside, and ${kind} holds it`,
      sql: `create domain needed as uuid not null; create table bookings (id bigint primary key, ${columns});
      insert into bookings values (1, ${row}); ${set(3, "phone = 'call me maybe'")}`,
      options: { onUnfixablePhone: "quarantine" },
      right: { code: "UNFIXABLE_PHONE", says },
      doctorCannotTell: byRows,
    }),
  ),
  {
    what: "a contact is to be set aside that rows of such tables do not need",
    sql: `create table bookings (id bigint primary key, org uuid, contact_id uuid, lead text,
        constraint in_full foreign key (org, contact_id) references contacts (org_id, id) match full, check (num_nonnulls(contact_id, lead) = 1));
      insert into bookings values (1, ${org}, ${id(1)}, null), (2, null, null, 'x'); ${set(3, "phone = 'call me maybe'")}`,
    options: { onUnfixablePhone: "quarantine" },
    right: "works",
    after: `(select count(*) = 1 from contacts)`,
  },
  {
    what: "a table references contacts by organisation and number",
    sql: `alter table contacts add unique (org_id, phone);
      create table bookings (id bigint primary key, org uuid, phone text, constraint by_number foreign key (org, phone) references contacts (org_id, phone))`,
    right: { code: "PREFLIGHT", says: "by_number" },
  },
  {
    what: "a merge follows a key that matches in full",
    sql: `create table bookings (id bigint primary key, org uuid, contact_id uuid,
        constraint in_full foreign key (org, contact_id) references contacts (org_id, id) match full);
      insert into bookings values (1, ${org}, ${id(2)})`,
    right: "works",
    after: `(select contact_id = ${id(1)} from bookings)`,
  },
];
