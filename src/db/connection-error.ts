import postgres from "postgres";
import { SsotError } from "../model/errors.ts";
import { ServerConduct } from "./login-watch.ts";
import { describeTarget, type Target } from "./target.ts";

/** What kept us from a session: REFUSED_LOGIN where the server said no, UNREACHABLE where nobody answered. */
export function connectionError(error: unknown, target: Target): SsotError {
  const where = describeTarget(target);
  if (error instanceof ServerConduct) return error.toSsotError(where);
  const code = sqlStateOf(error);
  if (code === "28P01" || code === "28000") {
    return new SsotError("REFUSED_LOGIN", `the server refused the login: ${where}`, {
      cause: error,
      hint: "Check user, password and pg_hba.conf.",
    });
  }
  if (code === "3D000")
    return new SsotError("REFUSED_LOGIN", `the database does not exist: ${where}`, { cause: error });
  if (code === "53300") {
    return new SsotError("UNREACHABLE", `the server gives this role no further session: ${where}`, {
      cause: error,
      hint: "A run needs three at a time: its own, one that sees who stands in its way, and one that looks beforehand. Close some, or raise the limit (alter role … connection limit …).",
    });
  }
  if (code === "42501") {
    return new SsotError("REFUSED_LOGIN", `the role may not connect: ${where}`, { cause: error });
  }
  const reason = error instanceof Error && "code" in error ? String(error.code) : "no answer";
  if (/CERT|ALTNAME|SIGNATURE|^ERR_(TLS|SSL)/.test(reason)) {
    return new SsotError("UNREACHABLE", `the server's certificate is not accepted: ${where} (${reason})`, {
      cause: error,
      hint: "Check sslmode, sslrootcert, and that the certificate is for this host's name.",
    });
  }
  return new SsotError("UNREACHABLE", `the server cannot be reached: ${where} (${reason})`, {
    cause: error,
    hint: "Check host and port, and that the server accepts connections from here.",
  });
}

/** The SQLSTATE of a server's error, else undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.code : undefined;
}

/** Whether a session that was open has ended: by the server's word, or without one. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return /^(57P0[1-5]|08...|CONNECTION_(CLOSED|DESTROYED|ENDED)|ECONNRESET|EPIPE)$/.test(String(error.code));
}
