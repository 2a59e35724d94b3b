import type { Sql, TransactionSql } from "postgres";
import { isConnectionLost } from "../http/database-error.ts";

/**
 * Runs work in a transaction that is read committed. Rejects with what the work rejects with, and with the driver's error
 * when the connection is lost.
 */
export async function inTransaction<T>(sql: Sql, work: (transaction: TransactionSql) => Promise<T>): Promise<T> {
  let result: readonly [T] | undefined;
  await sql.begin("isolation level read committed", async (transaction) => {
    try {
      result = [await work(transaction)];
    } catch (error) {
      // The driver would write its ROLLBACK to a connection that is gone, which ends the process
      // (https://github.com/porsager/postgres/issues/1208). Unanswered, it rejects by itself as the connection closes.
      if (isConnectionLost(error)) await new Promise<never>(() => {});
      throw error;
    }
  });
  if (result === undefined) throw new Error("the transaction ended without its work");
  return result[0];
}
