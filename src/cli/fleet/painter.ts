import { unguarded } from "../guarded-io.ts";
import type { Output } from "../io.ts";

/**
 * Draws lines on a terminal anew in their place. Texts go through the guarded stream; what moves the cursor is ours alone, and is
 * written behind its back.
 */
export class Painter {
  readonly #output: Output;
  #drawn = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Draws these lines where the last ones stood. */
  draw(lines: readonly string[]): void {
    this.clear();
    this.#output.write(lines.map((line) => `${line}\n`).join(""));
    this.#drawn = lines.length;
  }

  /** Takes the drawn lines away; what is written then stands in their place. */
  clear(): void {
    if (this.#drawn > 0) unguarded(this.#output).write(`\u001b[${this.#drawn}A\r\u001b[J`);
    this.#drawn = 0;
  }
}
