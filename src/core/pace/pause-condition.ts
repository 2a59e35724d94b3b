import { type Connection, connect } from "../../db/connection.ts";
import { sqlStateOf } from "../../db/connection-error.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";

/** The condition of --pause-when, on a session of its own that can only read, for a second at most. */
export class PauseCondition {
  readonly #target: Target;
  readonly #text: string;
  #connection: Connection | undefined;

  private constructor(target: Target, text: string) {
    this.#target = target;
    this.#text = text;
  }

  /** Asks it once. Throws PAUSE_WHEN where it cannot be asked or answers with anything but one boolean: nobody would notice later. */
  static async open(target: Target, text: string): Promise<PauseCondition> {
    const condition = new PauseCondition(target, text);
    try {
      await condition.#refuseOthers();
      await condition.#ask();
      return condition;
    } catch (error) {
      await condition.close();
      if (error instanceof SsotError && error.code !== "PAUSE_WHEN") throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new SsotError("PAUSE_WHEN", `the condition of --pause-when cannot be asked: ${reason}`, {
        cause: error,
        hint: "Expected one SELECT that gives one row with one boolean, within a second; names of tables with their schema. Nothing was changed.",
      });
    }
  }

  /** Whether the run is to wait; `failed`, with the SQLSTATE: it cannot be asked any more. Never throws. */
  async read(): Promise<boolean | { readonly failed: string }> {
    try {
      return await this.#ask();
    } catch (error) {
      if (this.#connection?.lost) this.#connection = undefined;
      return { failed: sqlStateOf(error) ?? (error instanceof SsotError ? error.code : "no answer") };
    }
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  // Two columns of one name are one field of a row.
  async #refuseOthers(): Promise<void> {
    const { sql } = await this.#session();
    const { columns } = await sql.unsafe(this.#text).describe();
    if (columns.length !== 1 || columns[0]?.type !== boolean) throw notOne();
  }

  async #ask(): Promise<boolean> {
    const { sql } = await this.#session();
    // A cursor takes one statement only, whatever the text says.
    const rows: unknown[] = [];
    for await (const some of sql.unsafe(this.#text).cursor(2)) {
      rows.push(...some);
      if (rows.length > 1) break;
    }
    const [row] = rows;
    if (rows.length !== 1 || row === null || typeof row !== "object") throw notOne();
    const [value] = Object.values(row);
    return value === true;
  }

  async #session(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const connection = await connect(this.#target);
    await connection.execute(
      "set default_transaction_read_only = on; set statement_timeout = '1s'; set lock_timeout = '1s'",
    );
    this.#connection = connection;
    return connection;
  }
}

// The oid of its type.
const boolean = 16;

function notOne(): SsotError {
  return new SsotError("PAUSE_WHEN", "it does not give one row with one boolean");
}
