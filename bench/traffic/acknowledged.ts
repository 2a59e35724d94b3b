/** What was written, as `findLost` reads it again: see there what each value holds. */
export type Target = "call" | "notes" | "link" | "number" | "name" | "legacy";

/** One write that its sender was told is done. */
export interface Write {
  readonly target: Target;
  /** Of the call, or of the contact whose name it is. */
  readonly id: string;
  readonly orgId: string;
  readonly value: string;
}

/** Every write that was acknowledged. A later one of the same value of the same row stands for the earlier ones. */
export class Acknowledged {
  readonly #last = new Map<string, { readonly write: Write; readonly times: number }>();

  add(write: Write): void {
    const key = `${write.target} ${write.id}`;
    this.#last.set(key, { write, times: (this.#last.get(key)?.times ?? 0) + 1 });
  }

  get count(): number {
    return [...this.#last.values()].reduce((sum, { times }) => sum + times, 0);
  }

  /** What has to be in the database now, and how many acknowledged writes each stands for. */
  last(target: Target): readonly { readonly write: Write; readonly times: number }[] {
    return [...this.#last.values()].filter(({ write }) => write.target === target);
  }
}
