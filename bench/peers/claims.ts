/** A claim as a statement that gives the rows which break it; `before` writes something that is taken back. */
export interface PeerClaim {
  readonly suite: string;
  readonly claim: string;
  readonly before?: string;
  readonly broken: string;
}

const e164 = "'^[+][1-9][0-9]{1,14}$'";
const missing = (relation: string): string => `select where to_regclass('${relation}') is null`;
const constraint = (name: string): string =>
  `select where not exists (select from pg_constraint where conrelid = 'public.contacts'::regclass and conname = '${name}' and contype = 'c' and convalidated)`;
const index = (name: string, columns: string): string =>
  `select where not exists (select from pg_index as x where x.indexrelid = to_regclass('public.${name}') and x.indisvalid and pg_get_indexdef(x.indexrelid) like '%(${columns})%')`;
const trigger = (table: string, name: string): string =>
  `select where not exists (select from pg_trigger where tgrelid = 'public.${table}'::regclass and tgname = '${name}' and tgenabled <> 'D')`;
const comment = (column: string): string =>
  `select from pg_attribute where attrelid = 'public.calls'::regclass and attname = '${column}' and col_description(attrelid, attnum) not like '%DEPRECATED%'`;
const audited = (column: string, n: number): string =>
  `select where (select count(*) from public.deprecated_column_audit as a where a.column_name = '${column}' and a.detected_at = now()) <> ${n}`;

const view = "public.calls_with_caller_names";
const someCall = "(select id from public.calls where contact_id is not null order by id limit 1)";
const placeholder = "k.name is null or (k.name is distinct from k.phone and ssot.is_placeholder(k.name))";

/** Claims of `ssot verify`, as far as plain SQL can ask them: it has no part of the library, and no plan of a query. */
export const claims: readonly PeerClaim[] = [
  {
    suite: "schema",
    claim: "the four migrations are in the ledger",
    broken: "select where (select count(*) from ssot.ledger where name like '202602090%') < 4",
  },
  { suite: "schema", claim: "the view exists", broken: missing(view) },
  {
    suite: "schema",
    claim: "the view has its columns",
    broken: `select from unnest(array['resolved_caller_name', 'contact_email', 'contact_lead_status', 'contact_lead_score', 'name_source']) as w(name)
             where not exists (select from pg_attribute where attrelid = '${view}'::regclass and attname = w.name)`,
  },
  { suite: "schema", claim: "the view is what the migration made", broken: "select where not ssot.view_is_ours()" },
  { suite: "schema", claim: "the rule on names is validated", broken: constraint("contacts_name_must_be_real") },
  { suite: "schema", claim: "the rule on phones is validated", broken: constraint("contacts_phone_must_be_e164") },
  { suite: "schema", claim: "calls are found by contact", broken: index("idx_calls_contact_id", "contact_id") },
  { suite: "schema", claim: "contacts are found by number", broken: index("idx_contacts_org_phone", "org_id, phone") },
  {
    suite: "schema",
    claim: "a number is unique in an organisation",
    broken: index("idx_contacts_org_phone_unique", "org_id, phone"),
  },
  ...["", "_from_number", "_value", "_insert", "_text"].map((end) => ({
    suite: "schema",
    claim: `the trigger warn_deprecated_writes${end} is awake`,
    broken: trigger("calls", `warn_deprecated_writes${end}`),
  })),
  {
    suite: "schema",
    claim: "the witness is untouched",
    broken:
      "select from ssot.witness as w where not exists (select from ssot.live_witness() as l where l.name = w.name and l.object_id = w.object_id and l.changed_in = w.changed_in)",
  },
  { suite: "schema", claim: "caller_name is marked", broken: comment("caller_name") },
  { suite: "schema", claim: "from_number is marked", broken: comment("from_number") },
  { suite: "schema", claim: "the audit exists", broken: missing("public.deprecated_column_audit") },
  { suite: "schema", claim: "names follow numbers", broken: trigger("contacts", "contact_name_follows_phone") },
  { suite: "schema", claim: "deletes of calls erase", broken: trigger("calls", "ssot_erase_deleted") },
  { suite: "schema", claim: "deletes of contacts erase", broken: trigger("contacts", "ssot_erase_deleted") },
  {
    suite: "coverage",
    claim: "inbound calls are linked, 54.5 % at least",
    broken: `select where (select avg((contact_id is not null)::int) from public.calls where call_direction = 'inbound' and phone_number ~ ${e164}) < 0.545`,
  },
  {
    suite: "coverage",
    claim: "outbound calls to a contact's number are linked",
    broken:
      "select from public.calls as c join public.contacts as k on k.org_id = c.org_id and k.phone = c.phone_number where c.call_direction = 'outbound' and c.contact_id is null",
  },
  {
    suite: "live-names",
    claim: "no call with a number is Unknown",
    broken: `select from ${view} where phone_number ~ '[^[:space:]]' and resolved_caller_name = 'Unknown'`,
  },
  {
    suite: "live-names",
    claim: "a call shows its contact's name",
    broken: `select from ${view} as v join public.contacts as k on k.id = v.contact_id and k.org_id = v.org_id where v.resolved_caller_name is distinct from k.name`,
  },
  {
    suite: "live-names",
    claim: "a name is a contact's only where it is",
    broken: `select from ${view} where name_source = 'contact' and contact_id is null`,
  },
  {
    suite: "live-names",
    claim: "a renamed contact is shown at once",
    before: `update public.contacts set name = 'Peer Renamed' where id = (select contact_id from public.calls where id = ${someCall})`,
    broken: `select from ${view} where id = ${someCall} and resolved_caller_name <> 'Peer Renamed'`,
  },
  {
    suite: "auto-create",
    claim: "contacts made by calls have phone and name",
    broken: `select from public.contacts as k where k.source = 'inbound-call-auto' and (k.phone !~ ${e164} or ${placeholder})`,
  },
  {
    suite: "auto-create",
    claim: "contacts made by calls have a score",
    broken:
      "select from public.contacts where source = 'inbound-call-auto' and (lead_score is null or lead_score not between 0 and 100 or lead_status is null)",
  },
  {
    suite: "dashboard",
    claim: "no call is listed as Unknown Caller",
    broken: `select from ${view} where resolved_caller_name ~* '^[[:space:]]*unknown[[:space:]]*caller[[:space:]]*$'`,
  },
  {
    suite: "dashboard",
    claim: "the view shows every call once",
    broken: `select where (select count(*) from ${view}) <> (select count(*) from public.calls)`,
  },
  {
    suite: "deprecation-trigger",
    claim: "an update of caller_name is audited",
    before: `update public.calls set caller_name = 'Peer' where id = ${someCall}`,
    broken: audited("caller_name", 1),
  },
  {
    suite: "deprecation-trigger",
    claim: "an update of from_number is audited",
    before: `update public.calls set from_number = from_number where id = ${someCall}`,
    broken: audited("from_number", 1),
  },
  {
    suite: "deprecation-trigger",
    claim: "a write that names neither is silent",
    before: `update public.calls set notes = 'Peer' where id = ${someCall}`,
    broken: "select where (select count(*) from public.deprecated_column_audit where detected_at = now()) <> 2",
  },
  {
    suite: "history",
    claim: "no historical call with a number is broken",
    broken: `select from ${view} where created_at < '2026-02-09' and phone_number ~ '[^[:space:]]' and resolved_caller_name = 'Unknown'`,
  },
  {
    suite: "integrity",
    claim: "no placeholder names",
    broken: `select from public.contacts as k where ${placeholder}`,
  },
  { suite: "integrity", claim: "phones in E.164", broken: `select from public.contacts where phone !~ ${e164}` },
  {
    suite: "integrity",
    claim: "no duplicate contacts",
    broken: "select from public.contacts group by org_id, phone having count(*) > 1",
  },
  {
    suite: "integrity",
    claim: "no link across organisations",
    broken: "select from public.calls as c join public.contacts as k on k.id = c.contact_id where k.org_id <> c.org_id",
  },
  {
    suite: "integrity",
    claim: "no call stays without its contact",
    broken:
      "select from public.calls as c join public.contacts as k on k.org_id = c.org_id and k.phone = c.phone_number where c.contact_id is null",
  },
  {
    suite: "integrity",
    claim: "no planned change is left undone",
    broken: "select from ssot.task where done < planned",
  },
  {
    suite: "security",
    claim: "the view asks as its reader",
    broken: `select from pg_class where oid = '${view}'::regclass and not coalesce('security_invoker=true' = any (reloptions), false)`,
  },
  {
    suite: "security",
    claim: "the audit has row level security",
    broken: "select from pg_class where oid = 'public.deprecated_column_audit'::regclass and not relrowsecurity",
  },
  {
    suite: "security",
    claim: "everybody is kept out of schema ssot",
    broken: "select from pg_namespace as n, aclexplode(n.nspacl) as x where n.nspname = 'ssot' and x.grantee = 0",
  },
  {
    suite: "security",
    claim: "functions that run as their owner have a search path",
    broken:
      "select from pg_proc as p where p.prosecdef and p.pronamespace in ('ssot'::regnamespace, 'public'::regnamespace) and not exists (select from unnest(p.proconfig) as c where c like 'search_path=%')",
  },
];
