import type { ISql, Sql, TransactionSql } from "postgres";
import { isConnectionLost } from "../http/database-error.ts";

/** A pool, or a transaction that somebody has begun. */
export type Executor = Sql | TransactionSql;

/**
 * Runs work in a transaction that is read committed. Rejects with what the work rejects with, and with the driver's error
 * when the connection is lost.
 */
export async function inTransaction<T>(sql: Sql, work: (transaction: TransactionSql) => Promise<T>): Promise<T> {
  let result: readonly [T] | undefined;
  await sql.begin("isolation level read committed", async (transaction) => {
    result = [await unlessLost(work(transaction))];
  });
  if (result === undefined) throw new Error("the transaction ended without its work");
  return result[0];
}

/** Runs work behind a savepoint, so that its failure leaves the transaction as it was. */
export async function inSavepoint<T>(transaction: TransactionSql, work: (sql: ISql) => Promise<T>): Promise<T> {
  let result: readonly [T] | undefined;
  await transaction.savepoint(async (savepoint) => {
    result = [await unlessLost(work(savepoint))];
  });
  if (result === undefined) throw new Error("the savepoint ended without its work");
  return result[0];
}

/** Whether it is a transaction, which has savepoints, and no pool. */
export function isTransaction(sql: Executor): sql is TransactionSql {
  return "savepoint" in sql;
}

// The driver would write its ROLLBACK to a connection that is gone, which ends the process
// (https://github.com/porsager/postgres/issues/1208). Unanswered, it rejects by itself as the connection closes.
async function unlessLost<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isConnectionLost(error)) await new Promise<never>(() => {});
    throw error;
  }
}
