import { afterAll, beforeAll, expect, test } from "vitest";
import { doctor } from "../../src/core/doctor.ts";
import { connect } from "../../src/db/connection.ts";
import { readSessionFacts } from "../../src/db/queries/session-facts.ts";
import { exitCodeOf, type SsotError } from "../../src/model/errors.ts";
import { allTextOf, errorOf } from "../faults/refusal.ts";
import { targetOf } from "../support/run-options.ts";
import { startTlsServer, type TlsServer } from "./tls-server.ts";

let server: TlsServer;

beforeAll(async () => {
  server = await startTlsServer();
});

afterAll(() => server.stop());

/** Whether the server says that the session is encrypted. */
async function isEncrypted(url: string): Promise<boolean> {
  const connection = await connect(targetOf(url));
  try {
    return (await readSessionFacts(connection.sql)).encrypted;
  } finally {
    await connection.close();
  }
}

async function refusal(url: string): Promise<SsotError> {
  const error = await errorOf(isEncrypted(url));
  expect(error.code).toBe("UNREACHABLE");
  expect(exitCodeOf(error)).toBe(3);
  expect(error.message).toContain("the server's certificate is not accepted");
  expect(allTextOf(error)).not.toContain(new URL(url).password);
  return error;
}

test("verify-full takes the certificate of the right authority for the right name", async () => {
  const url = server.url("localhost", { sslmode: "verify-full", sslrootcert: server.authority });
  expect(await isEncrypted(url)).toBe(true);
  const { checks } = await doctor({ target: targetOf(url) });
  expect(checks[0]).toMatchObject({ id: "connection", status: "fine", detail: expect.stringMatching(/, encrypted$/) });
});

test.each(["localhost", "127.0.0.1"])(
  "a certificate of another authority is refused by every verifying mode: %s",
  async (host) => {
    for (const sslmode of ["verify-full", "verify-ca", "require"]) {
      await refusal(server.url(host, { sslmode, sslrootcert: server.stranger }));
    }
  },
);

test("without its authority the certificate is refused by verify-full", async () => {
  await refusal(server.url("localhost", { sslmode: "verify-full" }));
});

test("a certificate for another name is refused by verify-full and taken by verify-ca", async () => {
  const sslrootcert = server.authority;
  await refusal(server.url("127.0.0.1", { sslmode: "verify-full", sslrootcert }));
  expect(await isEncrypted(server.url("127.0.0.1", { sslmode: "verify-ca", sslrootcert }))).toBe(true);
});

test.each([
  ["require", true],
  ["prefer", true],
  ["disable", false],
])("sslmode %s without an authority: encrypted is %s", async (sslmode, encrypted) => {
  expect(await isEncrypted(server.url("127.0.0.1", { sslmode }))).toBe(encrypted);
});
