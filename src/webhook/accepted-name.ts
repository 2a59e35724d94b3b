import { placeholderRule } from "../model/placeholder-name.ts";

// What ssot.is_placeholder says: the rule of contacts_name_must_be_real, and a few words more.
const rule = placeholderRule("\\s");
const tooShort = new RegExp(rule.short);
const unknown = new RegExp(rule.unknown, "i");
const nobody = new RegExp(rule.nobody, "i");
const unseen = new RegExp(rule.unseen);
const phoneLike = new RegExp(rule.numeric, "i");
// How a program writes that there is none. Null is a family's name.
const nothing = /^(null|NULL|undefined)$/;

// The provider allows 40 characters; what is longer is no name.
const longest = 200;

/** The name that a new contact gets: the caller's, if the database would accept it, else the phone itself. */
export function acceptedName(name: string | null, phone: string): string {
  const bare = name?.replaceAll("\u0000", "").trim() ?? "";
  if (bare.length > longest) return phone;
  const isNone = [tooShort, unknown, nobody, unseen, nothing, phoneLike].some((pattern) => pattern.test(bare));
  return isNone || Buffer.byteLength(bare) < 2 ? phone : bare;
}
