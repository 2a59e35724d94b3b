/**
 * Puts variables of the environment where a URL says `${NAME}`. One with which the URL begins is taken as it is, being a URL or its
 * beginning; any other is a part, such as a password, and is percent-encoded. Names that say nothing are added to `missing`. Pure.
 */
export function expandVariables(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
  missing: Set<string>,
): string {
  return url.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string, at: number) => {
    const value = environment[name];
    if (!value) missing.add(name);
    return at === 0 ? (value ?? "") : encodeURIComponent(value ?? "");
  });
}
