// The figures that the suites ask of calls and contacts, as somebody would write them by hand over the join.
const e164 = "'^[+][1-9][0-9]{1,14}$'";
const possible = `(v.phone_number ~ ${e164} and v.phone_number not in ('+266696687', '+7378742833', '+86282452253', '+2562533', '+8656696'))`;
const known = `(v.contact_id is null and ${possible}
  and exists (select from public.contacts as p where p.org_id = v.org_id and p.phone = v.phone_number))`;
const inbound = "v.call_direction = 'inbound'";
const numbered = "v.phone_number ~ '[^[:space:]]'";
const since = "(select run_on at time zone 'UTC' from ssot.ledger where name = '20260209000400_mark_deprecated')";

/** The figures of the suites about calls: name and condition. */
const callFigures = [
  `${inbound}`,
  `${inbound} and v.contact_id is not null`,
  `${inbound} and ${possible}`,
  `${inbound} and ${possible} and v.contact_id is null`,
  `${inbound} and ${possible} and v.created_at > ${since}`,
  `${inbound} and ${possible} and v.created_at > ${since} and v.contact_id is null`,
  `not ${inbound}`,
  `not ${inbound} and v.contact_id is not null`,
  `not ${inbound} and (v.contact_id is not null or ${known})`,
  `not ${inbound} and v.contact_id is null and ${known}`,
  ...[inbound, `not ${inbound}`].flatMap((direction) => [
    `${direction} and v.contact_id is null and (${numbered}) is not true`,
    `${direction} and v.contact_id is null and ${numbered} and not ${possible}`,
    `${direction} and v.contact_id is null and ${possible} and not ${known}`,
    `${direction} and ${known}`,
  ]),
  "v.name_source = 'contact'",
  "v.name_source = 'phone'",
  "v.name_source = 'unknown'",
  "v.name_source = 'contact' and (v.contact_id is null or k.org_id is distinct from v.org_id)",
  numbered,
  `${numbered} and (v.resolved_caller_name is null or v.resolved_caller_name = 'Unknown')`,
  "v.contact_id is not null and k.org_id = v.org_id",
  "v.contact_id is not null and k.org_id = v.org_id and v.resolved_caller_name is distinct from k.name",
  "v.resolved_caller_name ~* '^[[:space:]]*unknown[[:space:]]*caller[[:space:]]*$'",
  `v.created_at < '2026-02-09' and (${numbered} or v.contact_id is not null)`,
  `v.created_at < '2026-02-09' and (${numbered} or v.contact_id is not null) and (v.resolved_caller_name is null or v.resolved_caller_name = 'Unknown')`,
  "v.resolved_caller_name is distinct from coalesce(case when k.org_id = v.org_id then k.name end, nullif(btrim(v.phone_number), ''), 'Unknown')",
  `v.contact_id is not null or ${known}`,
  known,
  `${numbered} and not ${possible}`,
  "v.contact_id is not null",
  "v.contact_id is not null and (v.resolved_caller_name is null or v.resolved_caller_name ~* '^[[:space:]]*unknown[[:space:]]*(caller)?[[:space:]]*$')",
  "v.contact_id is not null and k.org_id is distinct from v.org_id",
];
const placeholder = "(k.name is distinct from k.phone and ssot.is_placeholder(k.name))";
const byCall = "k.source = 'inbound-call-auto'";
const contactFigures = [
  "true",
  `k.name is null or ${placeholder}`,
  `k.phone !~ ${e164}`,
  byCall,
  `${byCall} and (k.phone !~ ${e164} or ${placeholder})`,
  `${byCall} and ((k.lead_score between 0 and 100) is not true or k.lead_status is null)`,
];
const overCalls = "from public.calls_with_caller_names as v left join public.contacts as k on k.id = v.contact_id";
const overContacts = "from public.contacts as k";
const duplicates = "select count(*) from (select from public.contacts group by org_id, phone having count(*) > 1) as d";
const count = (condition: string): string => `count(*) filter (where ${condition})`;
/** All figures in one statement. */
export const oneQuery = `
  select c.*, k.*, (${duplicates}) as duplicates
  from (select ${callFigures.map((figure, n) => `${count(figure)} as c${n}`).join(", ")} ${overCalls}) as c,
       (select ${contactFigures.map((figure, n) => `${count(figure)} as k${n}`).join(", ")} ${overContacts}) as k`;
/** One statement a figure. */
export const separateQueries: readonly string[] = [
  ...callFigures.map((figure) => `select count(*) ${overCalls} where ${figure}`),
  ...contactFigures.map((figure) => `select count(*) ${overContacts} where ${figure}`),
  duplicates,
];
