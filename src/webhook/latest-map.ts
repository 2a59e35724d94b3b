const kept = 10_000;

/** A value for each of the latest texts that were set: of the last ten thousand at least, twice as many at most. */
export class LatestMap<Value> {
  #latest = new Map<string, Value>();
  #former = new Map<string, Value>();

  get(text: string): Value | undefined {
    return this.#latest.get(text) ?? this.#former.get(text);
  }

  set(text: string, value: Value): void {
    this.#latest.set(text, value);
    if (this.#latest.size < kept) return;
    this.#former = this.#latest;
    this.#latest = new Map();
  }

  delete(text: string): void {
    this.#latest.delete(text);
    this.#former.delete(text);
  }
}
