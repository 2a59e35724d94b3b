// Connection exceptions, insufficient resources, operator intervention (shutdown, starting up), time-outs, a standby.
const away = /^(08|53|57P|57014|55P03|25006$)/;

// The driver's, and the operating system's.
const lost =
  /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONN(REFUSED|RESET)|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;

/** The SQLSTATE of a server's error, or the code of a lost connection. */
export function errorCodeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whether it is worth the sender's while to try again later: no connection, no room, shutting down, read-only. */
export function isDatabaseAway(error: unknown): boolean {
  const code = errorCodeOf(error) ?? "";
  return away.test(code) || lost.test(code);
}

/** Whether the session is over: lost on the way, or ended by the server (FATAL). */
export function isConnectionLost(error: unknown): boolean {
  const isFatal = error instanceof Error && "severity" in error && /^(FATAL|PANIC)$/.test(String(error.severity));
  return isFatal || lost.test(errorCodeOf(error) ?? "");
}
