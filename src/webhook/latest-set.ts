const kept = 10_000;

/** The latest texts that were added: the last ten thousand at least, twice as many at most. */
export class LatestSet {
  #latest = new Set<string>();
  #former = new Set<string>();

  has(text: string): boolean {
    return this.#latest.has(text) || this.#former.has(text);
  }

  add(text: string): void {
    this.#latest.add(text);
    if (this.#latest.size < kept) return;
    this.#former = this.#latest;
    this.#latest = new Set();
  }

  delete(text: string): void {
    this.#latest.delete(text);
    this.#former.delete(text);
  }
}
