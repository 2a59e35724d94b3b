// The rule of contacts_name_must_be_real, for a contact that gets this phone.
const unknown = /^\s*unknown\s*(caller)?\s*$/i;
const phoneLike = /^\s*\+?[-0-9(). /]+\s*$/;

/** The name that a new contact gets: the caller's, if the database would accept it, else the phone itself. */
export function acceptedName(name: string | null, phone: string): string {
  const bare = name?.replaceAll("\u0000", "").trim() ?? "";
  const refused = Buffer.byteLength(bare) < 2 || unknown.test(bare) || (phoneLike.test(bare) && bare !== phone);
  return refused ? phone : bare;
}
