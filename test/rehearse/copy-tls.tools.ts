import { afterAll, beforeAll, expect, test } from "vitest";
import { startTlsServer, type TlsServer } from "../connections/tls-server.ts";
import { errorOf } from "../faults/refusal.ts";
import { copyOf, makeShims } from "./copy-case.ts";

let server: TlsServer;
beforeAll(async () => {
  server = await startTlsServer();
});
afterAll(() => server.stop());

// The database is empty: with no migration there is nothing that a copy could lack.
const directory = { directory: [] };

test("the dump is made over TLS as the target asks for it, down to the name in the certificate", async () => {
  const shims = makeShims();
  const environment = { ...process.env, PATH: shims.path };
  try {
    for (const sslmode of ["verify-full", "verify-ca", "require"]) {
      const url = server.url("localhost", { sslmode, sslrootcert: server.authority });
      expect(await copyOf(url, async (copy) => copy.problems, { environment, ...directory })).toEqual([]);
      expect(shims.seen()).toContain(`sslmode ${sslmode}`);
    }
    const url = server.url("127.0.0.1", { sslmode: "verify-full", sslrootcert: server.authority });
    const calls = shims.seen();
    expect(await errorOf(copyOf(url, async () => {}, { environment, ...directory }))).toMatchObject({
      code: "UNREACHABLE",
    });
    expect(shims.seen()).toBe(calls);
  } finally {
    shims.remove();
  }
});
