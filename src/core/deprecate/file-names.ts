const longest = 48;

/** A name as file names have it: small letters, digits and underscores, `authorName` as `author_name`. */
function plain(name: string): string {
  const apart = name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1_$2")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
  return apart
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

/**
 * The names of a deprecation's two files, without `.sql`. Their digits are the moment (UTC), or the next that are free after the
 * newest of `taken`, names of migrations that there are.
 */
export function nameFiles(
  { schema, table, columns }: { readonly schema: string; readonly table: string; readonly columns: readonly string[] },
  taken: readonly string[],
  now: Date,
): { readonly mark: string; readonly drop: string } {
  const moment = now.toISOString().replace(/\D/g, "").slice(0, 14);
  const newest = taken.map((name) => name.slice(0, 14)).reduce((a, b) => (a > b ? a : b), "");
  const first = newest >= moment ? BigInt(newest) + 1n : BigInt(moment);
  const words = [...(schema === "public" ? [] : [schema]), table, ...columns].map(plain).filter((word) => word !== "");
  const cut = words.join("_").slice(0, longest).replace(/_+$/, "") || "column";
  return { mark: `${first}_deprecate_${cut}`, drop: `${first + 1n}_drop_${cut}` };
}
