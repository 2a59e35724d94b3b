import { failing, type Mutation } from "./mutation.ts";

/** The rule on names, with its text changed. */
function names(change: (rule: string) => string): string {
  return `alter table public.contacts drop constraint contacts_name_must_be_real; do $do$ begin execute format('alter table public.contacts add constraint contacts_name_must_be_real check (%s) not valid', ${change("ssot.name_rule()")}); end $do$; update pg_constraint set convalidated = true where conname = 'contacts_name_must_be_real'`;
}
function phones(rule: string): string {
  return `alter table public.contacts drop constraint contacts_phone_must_be_e164; alter table public.contacts add constraint contacts_phone_must_be_e164 check (${rule}) not valid; update pg_constraint set convalidated = true where conname = 'contacts_phone_must_be_e164'`;
}
const also = (condition: string) => (rule: string) => `'(' || ${rule} || $$) and (${condition})$$`;
const or = (condition: string) => (rule: string) => `'(' || ${rule} || $$) or (${condition})$$`;

/** Rules on contacts, loosened or tightened where seventeen samples do not look. */
export const rules: readonly Mutation[] = failing(
  "schema.rules",
  ["names may be anything", names(() => "'name is not null or true'")],
  ["names may be null", names((rule) => `replace(${rule}, 'name is not null', 'true')`)],
  ["one character beyond ASCII is no name", names(also("length(name) > 1"))],
  ["names in Greek are refused", names(also("name !~ '[Ͱ-Ͽ]'"))],
  ["names in Arabic are refused", names(also("name !~ '[\\u0600-\\u06ff]'"))],
  ["names in Hebrew are refused", names(also("name !~ '[א-ת]'"))],
  ["names in Thai are refused", names(also("name !~ '[ก-๛]'"))],
  ["names in Latin letters only", names(also("name ~ '^[ -~]*$' or length(name) < 2"))],
  ["names of 60 characters at most", names(also("length(name) <= 60"))],
  ["names of 20 characters at most", names(also("length(name) <= 20"))],
  [
    "names of three characters at least",
    names(also("name = phone or length(name) >= 3 or octet_length(name) > length(name)")),
  ],
  ["names with digits are refused", names(also("name = phone or name !~ '[0-9]'"))],
  ["names with apostrophes are refused", names(also("name !~ $q$'$q$"))],
  ["names with hyphens are refused", names(also("name !~ '[a-z]-[A-Z]'"))],
  ["names with dots are refused", names(also("name = phone or name !~ '[.]'"))],
  ["names in small letters are refused", names(also("name = phone or name <> lower(name) or name = upper(name)"))],
  ["emoji are refused", names(also("name !~ '[\\U0001F300-\\U0001FAFF]'"))],
  ["UNKNOWN is a name", names(or("name = 'UNKNOWN'"))],
  ["Unknown  Caller with two blanks is a name", names(or("name ~ 'Unknown  Caller'"))],
  ["a tabulator and Unknown is a name", names(or("name ~ '^\\tUnknown'"))],
  ["short numbers are names", names(or("name ~ '^[0-9]{2,5}$'"))],
  ["long numbers are names", names(or("name ~ '^[0-9]{12,}$'"))],
  ["numbers with tel: are names", names(or("name ~* '^tel:'"))],
  ["numbers with dots are names", names(or("name ~ '^[0-9]+[.][0-9.]+$'"))],
  ["a question mark is a name", names(or("name = '?'"))],
  ["the own number is no name", names(also("name <> phone"))],
  ["numbers may be anything", phones("length(phone) > 0")],
  ["numbers of sixteen digits", phones("phone ~ '^[+][1-9][0-9]{1,15}$'")],
  ["numbers of twelve digits at most", phones("phone ~ '^[+][1-9][0-9]{1,11}$'")],
  ["numbers of eight digits at least", phones("phone ~ '^[+][1-9][0-9]{7,14}$'")],
  ["numbers of North America only", phones("phone ~ '^[+]1[0-9]{10}$' or phone ~ '^[+]999'")],
  ["numbers may begin with zero", phones("phone ~ '^[+][0-9]{2,15}$'")],
  ["numbers without plus", phones("phone ~ '^[+]?[1-9][0-9]{1,14}$'")],
  ["numbers with letters after them", phones("phone ~ '^[+][1-9][0-9]{1,14}'")],
  ["numbers with something before them", phones("phone ~ '[+][1-9][0-9]{1,14}$'")],
  ["numbers of other scripts' digits", phones("phone ~ '^[+][1-9٠-٩][0-9٠-٩]{1,14}$'")],
  ["numbers may be empty", phones("phone = '' or phone ~ '^[+][1-9][0-9]{1,14}$'")],
  ["numbers with a line end", phones("phone ~ '^[+][1-9][0-9]{1,14}\\n?$'")],
  ["numbers of Germany are refused", phones("phone ~ '^[+][1-9][0-9]{1,14}$' and phone !~ '^[+]49'")],
);
