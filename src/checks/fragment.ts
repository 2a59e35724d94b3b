/** A value that the server gets as a parameter, never as text of the statement. */
export type Value = string | number | boolean | Date | null | typeof org;

/** Stands for the organisation that a run is restricted to: its id, or null for all of them. */
export const org: unique symbol = Symbol("org");

/** A piece of SQL with its values. Made by `sql`, sent by `ask`. */
export interface Fragment {
  readonly strings: readonly string[];
  readonly values: readonly Value[];
}

/** Tags a piece of SQL: fragments are spliced in, everything else becomes a parameter. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Fragment | Value)[]): Fragment {
  const texts = [strings[0] ?? ""];
  const values: Value[] = [];
  const append = (text: string): void => {
    texts.push((texts.pop() ?? "") + text);
  };
  parts.forEach((part, place) => {
    if (isFragment(part)) {
      append(part.strings[0] ?? "");
      texts.push(...part.strings.slice(1));
      values.push(...part.values);
      append(strings[place + 1] ?? "");
    } else {
      values.push(part);
      texts.push(strings[place + 1] ?? "");
    }
  });
  return { strings: texts, values };
}

/** Fragments one after the other, with a text of ours in between. */
export function join(fragments: readonly Fragment[], between: string): Fragment {
  return fragments.reduce((all, next, place) => {
    const glue: Fragment = { strings: [place === 0 ? "" : between], values: [] };
    return sql`${all}${glue}${next}`;
  }, sql``);
}

function isFragment(part: Fragment | Value): part is Fragment {
  return typeof part === "object" && part !== null && "strings" in part;
}
