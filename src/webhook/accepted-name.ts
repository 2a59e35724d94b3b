// The rule of contacts_name_must_be_real, for a contact that gets this phone.
const blank = "[\\s\\u200b\\u2060]";
const tooShort = new RegExp(`^${blank}*[!-~]?${blank}*$`);
const unknown = new RegExp(`^${blank}*unknown${blank}*(caller)?${blank}*$`, "i");
const phoneLike = new RegExp(`^${blank}*(tel:)?[-+0-9()./\\s\\u200b\\u2060\\u2010-\\u2015\\u2212]+$`, "i");
const nothing = /^(null|undefined)$/i;

// The provider allows 40 characters; what is longer is no name.
const longest = 200;

/** The name that a new contact gets: the caller's, if the database would accept it, else the phone itself. */
export function acceptedName(name: string | null, phone: string): string {
  const bare = name?.replaceAll("\u0000", "").trim() ?? "";
  const refused = tooShort.test(bare) || unknown.test(bare) || nothing.test(bare) || phoneLike.test(bare);
  return refused || bare.length > longest || Buffer.byteLength(bare) < 2 ? phone : bare;
}
