import type { Layout } from "./layout.ts";

/** Settings of a database or role that change what a session reads or writes. */
export const settingLayouts: readonly Layout[] = [
  { what: "nothing odd", sql: "", right: "works" },
  {
    what: "dates in the order of days",
    sql: `update contacts set created_at = '2026-03-04 05:06:07+00' where id = '00000000-0000-0000-0001-000000000002';
      alter database {database} set datestyle = 'SQL, DMY'`,
    right: "works",
  },
];
