import { cloneDatabase, dropDatabase, type TestDatabase } from "../support/database.ts";

/** A prepared database to make equal ones from, down to oids and transaction ids of the catalog. */
export interface Clones {
  clone(): Promise<TestDatabase>;
  drop(): Promise<void>;
}

/** Takes over a database: its connection is closed, and it is dropped together with the clones' source. */
export async function cloneable(source: TestDatabase): Promise<Clones> {
  await source.sql.end();
  let made = 0;
  return {
    clone: () => {
      made += 1;
      return cloneDatabase(source.name, `${source.name}_${made}`);
    },
    drop: () => dropDatabase(source.name),
  };
}
