import { normalisePhone } from "./normalise.ts";

/** A stored number with its reading in E.164. */
export interface ReadNumber {
  readonly raw: string;
  readonly country: string;
  readonly e164: string;
}

/** The readings of those numbers that can be read. */
export function readNumbers(
  numbers: readonly { readonly raw: string; readonly country: string }[],
): readonly ReadNumber[] {
  return numbers.flatMap(({ raw, country }) => {
    const e164 = normalisePhone(raw, country);
    return e164 === null ? [] : [{ raw, country, e164 }];
  });
}
