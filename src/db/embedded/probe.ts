import postgres from "postgres";

/** Where a server may be listening, on the loopback address. */
export interface ServerAddress {
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export const host = "127.0.0.1";

/** Asks the server for its version and data directory. Undefined when it does not answer, or not to this password. */
export async function probeServer(
  address: ServerAddress,
): Promise<{ readonly version: string; readonly data: string } | undefined> {
  const sql = postgres({
    ...{ host, port: address.port, username: address.user, password: address.password, database: "postgres" },
    ...{ max: 1, connect_timeout: 5, fetch_types: false, connection: { application_name: "ssot" }, ssl: false },
    onnotice: () => {},
  });
  try {
    const [row] = await sql<{ version: string; data: string }[]>`
      select current_setting('server_version') as version, current_setting('data_directory') as data`;
    return row;
  } catch {
    return undefined;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
