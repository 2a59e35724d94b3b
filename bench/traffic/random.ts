/** Choices that are the same for the same seed. */
export interface Random {
  /** A whole number from 0 to one below `count`. */
  below(count: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** A possible number of the United States, in E.164. */
  number(): string;
  /** A name that is one. */
  name(): string;
}

const given = ["Ada", "Björn", "Chen", "Elena", "Farah", "José", "Leila", "Nadia", "Omar", "Priya", "Wei", "Zoë"];
const family = ["Abbott", "D'Angelo", "Garcia", "Haddad", "Ito", "López", "Müller", "Nguyen", "O'Brien", "Singh"];

export function seededRandom(seed: number): Random {
  // mulberry32
  let state = seed | 0;
  const below = (count: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error("there is nothing to choose from");
    return item;
  };
  return {
    below,
    pick,
    number: () => `+1${200 + below(800)}${200 + below(800)}${String(below(10_000)).padStart(4, "0")}`,
    name: () => `${pick(given)} ${pick(family)} ${below(1_000_000)}`,
  };
}
