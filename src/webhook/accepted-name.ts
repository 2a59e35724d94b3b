import { placeholderRule } from "../model/placeholder-name.ts";

// The rule of contacts_name_must_be_real, for a contact that gets this phone.
const rule = placeholderRule("\\s");
const tooShort = new RegExp(rule.short);
const unknown = new RegExp(rule.unknown, "i");
const phoneLike = new RegExp(rule.numeric, "i");
const nothing = /^(null|undefined)$/i;

// The provider allows 40 characters; what is longer is no name.
const longest = 200;

/** The name that a new contact gets: the caller's, if the database would accept it, else the phone itself. */
export function acceptedName(name: string | null, phone: string): string {
  const bare = name?.replaceAll("\u0000", "").trim() ?? "";
  if (bare.length > longest) return phone;
  const refused = tooShort.test(bare) || unknown.test(bare) || nothing.test(bare) || phoneLike.test(bare);
  return refused || Buffer.byteLength(bare) < 2 ? phone : bare;
}
