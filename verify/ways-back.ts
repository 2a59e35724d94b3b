const lost = "the audit and all that is known of writers and readers go too, and the month begins again";

/** What a hint says where only the way back and forth makes something anew. It names what that takes away. */
export const remake = `ssot rollback --to takes back the migration that made it and all later ones, and ssot migrate makes them again: ${lost}`;

/** The same for the links of the backfill, which is the first migration. */
export const unlink = `ssot rollback --all takes back those of the backfill, and with them everything else that was migrated: ${lost}`;
