import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/db/connection.ts";
import { describeTarget, resolveTarget, type Target } from "../../src/db/target.ts";
import { SsotError } from "../../src/model/errors.ts";
import { allTextOf } from "../faults/refusal.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { callSsot } from "./call-ssot.ts";

type Environment = Readonly<Record<string, string>>;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ssot-target-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** In a directory and a home of its own, so that no file of whoever runs the tests takes part. */
function resolve(databaseUrl: string | undefined, environment: Environment = {}): Target {
  return resolveTarget({ databaseUrl, environment: { HOME: directory, ...environment }, directory });
}

function refusal(databaseUrl: string | undefined, environment: Environment = {}): SsotError {
  try {
    resolve(databaseUrl, environment);
  } catch (error) {
    if (error instanceof SsotError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

const secret = /s3cr3t|secretly/;

function write(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

test.each<[string, Partial<Target>]>([
  ["postgresql://ann@db/app", { host: "db", port: 5432, database: "app", user: "ann", ssl: false }],
  ["postgres://ann@db", { database: "ann" }],
  ["postgres://ann@db/", { database: "ann" }],
  ["postgres://ann@db/app?dbname=other", { database: "other" }],
  ["postgres://ann@db/app?user=bea", { user: "bea", database: "app" }],
  ["postgres://db/app?user=bea&password=s+1%25", { user: "bea", password: "s+1%" }],
  ["postgres://ann@db:5433/app?port=5434", { port: 5434 }],
  ["postgres://ann@db/app?host=other", { host: "other" }],
  ["postgres://ann@[::1]:5433/app", { host: "::1", port: 5433 }],
  ["postgres://ann@[fe80::1%25eth0]/app", { host: "fe80::1%eth0", port: 5432 }],
  ["postgres://ann@/app?host=/var/run/postgresql", { host: "/var/run/postgresql", database: "app" }],
  ["postgres:///app?host=/tmp&user=ann&port=5433", { host: "/tmp", port: 5433 }],
  ["postgres://ann@%2Fvar%2Frun%2Fpostgresql/app", { host: "/var/run/postgresql" }],
  ["postgres://ann@/app?host=/tmp&sslmode=require", { ssl: false }],
  ["postgres://ann:12#34@db/app", { host: "db", password: "12#34", database: "app" }],
  ["postgres://ann:1?2@db/app", { host: "db", password: "1?2", database: "app" }],
  ["postgres://ann:1%402@db/a%2Fb", { password: "1@2", database: "a/b" }],
  ["postgres://ann@db/app?ssl=true", { ssl: "require" }],
  ["postgres://ann@db/app?sslmode=require&channel_binding=prefer&gssencmode=disable", { ssl: "require" }],
  ["postgres://ann@db/app?application_name=deploy&connect_timeout=5&target_session_attrs=any", { host: "db" }],
  ["postgres://ann@db/app?options=-c%20work_mem%3D8MB", { options: "-c work_mem=8MB" }],
  ["postgres://ann@db/app?options=-c+work_mem=8MB", { options: "-c work_mem=8MB" }],
])("is read as libpq reads it: %s", (url, expected) => {
  expect(resolve(url)).toMatchObject(expected);
});

test.each<[Environment, Partial<Target>]>([
  [
    { PGHOST: "/tmp", PGDATABASE: "app", PGSSLMODE: "require" },
    { host: "/tmp", ssl: false },
  ],
  [
    { PGHOST: "::1", PGUSER: "ann", PGPORT: "" },
    { host: "::1", port: 5432, database: "ann" },
  ],
  [{ PGHOST: "db", PGREQUIRESSL: "1" }, { ssl: "require" }],
  [{ PGHOST: "db", PGREQUIRESSL: "1", PGSSLMODE: "disable" }, { ssl: false }],
  [{ PGHOST: "db", PGOPTIONS: "-c work_mem=8MB" }, { options: "-c work_mem=8MB" }],
  [{ PGDATABASE: "app", PGUSER: "ann", PGCHANNELBINDING: "prefer" }, { host: "localhost" }],
])("the variables are read as libpq reads them: %j", (environment, expected) => {
  expect(resolve(undefined, environment)).toMatchObject(expected);
});

test("an address of IPv6 is shown in brackets, a socket by its folder", () => {
  expect(describeTarget(resolve("postgres://ann@[::1]/app"))).toBe("app on [::1]:5432 as ann");
  expect(describeTarget(resolve("postgres://ann@/app?host=/tmp"))).toBe("app on /tmp:5432 as ann");
});

test.each([
  ["service=prod", "service"],
  ["hostaddr=10.0.0.1", "hostaddr"],
  ["channel_binding=require", "channel_binding"],
  ["require_auth=scram-sha-256", "require_auth"],
  ["gssencmode=require", "gssencmode"],
  ["sslnegotiation=direct", "sslnegotiation"],
  ["sslcert=client.crt", "sslcert"],
  ["sslcrl=list.pem", "sslcrl"],
  ["ssl_min_protocol_version=TLSv1.3", "ssl_min_protocol_version"],
  ["target_session_attrs=read-write", "target_session_attrs"],
  ["slmode=require", "slmode"],
  ["sslMode=require", "sslMode"],
  ["uselibpqcompat=true", "uselibpqcompat"],
  ["sslmode=disable&sslmode=require", "sslmode is given twice"],
  ["sslmode=disable&ssl=true", "sslmode is given twice"],
  ["ssl=false", "ssl"],
  ["ssl=1", "ssl"],
  ["sslmode=Require", "sslmode Require is unknown"],
  ["sslmode=", "sslmode is empty"],
  ["host=", "host is empty"],
  ["sslmode", "sslmode is empty"],
  ["sslrootcert=/etc/ca.pem", "sslrootcert is given without sslmode"],
  ["sslrootcert=system&sslmode=require", "sslrootcert=system"],
  ["port=abc", "port"],
  ["port=0", "port"],
  ["port=65536", "port"],
  ["port=5432x", "port"],
  ["port=5432,5433", "one server"],
  ["host=a,b", "one server"],
  ["host=%40abstract", "host"],
])("is refused by its name: ?%s", (query, name) => {
  const error = refusal(`postgres://ann@db/app?${query}`);
  expect(error.code).toBe("CONFIGURATION");
  expect(error.message).toContain(name);
});

test("a misspelt parameter is named where the URL has a password in front, too", () => {
  expect(refusal("postgres://ann:s3cr3t@db/app?slmode=require").message).toContain("no parameter slmode");
});

test.each<[Environment, string]>([
  [{ PGSERVICE: "prod" }, "PGSERVICE"],
  [{ PGHOSTADDR: "10.0.0.1" }, "PGHOSTADDR"],
  [{ PGCHANNELBINDING: "require" }, "PGCHANNELBINDING"],
  [{ PGREQUIREAUTH: "scram-sha-256" }, "PGREQUIREAUTH"],
  [{ PGSSLCERT: "client.crt" }, "PGSSLCERT"],
  [{ PGGSSENCMODE: "require" }, "PGGSSENCMODE"],
  [{ PGSSLNEGOTIATION: "direct" }, "PGSSLNEGOTIATION"],
  // The driver reads this one by itself, and knows no "any".
  [{ PGTARGETSESSIONATTRS: "any" }, "PGTARGETSESSIONATTRS"],
  [{ PGSSLROOTCERT: "/etc/ca.pem" }, "sslrootcert is given without sslmode"],
  [{ PGSSLMODE: "on" }, "sslmode on is unknown"],
])("is refused by its name, whether or not a URL is given: %j", (environment, name) => {
  for (const [url, more] of [["postgres://ann@db/app"], [undefined, { PGHOST: "db" }]] as const) {
    const error = refusal(url, { ...more, ...environment });
    expect(error.code).toBe("CONFIGURATION");
    expect(error.message).toContain(name);
  }
});

test("a port that is none is refused from the variables, too", () => {
  expect(refusal(undefined, { PGHOST: "db", PGPORT: "abc" }).message).toContain("port");
  expect(refusal("postgres://ann@db/app", { PGPORT: "abc" }).message).toContain("port");
  expect(resolve("postgres://ann@db:5433/app", { PGPORT: "abc" }).port).toBe(5433);
});

test("system as root certificate means verify-full, as with libpq", () => {
  expect(resolve("postgres://ann@db/app?sslrootcert=system").ssl).toMatchObject({ rejectUnauthorized: true });
});

test("a service alone names a database, and is refused", () => {
  expect(refusal(undefined, { PGSERVICE: "prod" }).message).toContain("PGSERVICE");
  write(".env", "PGSERVICE=prod\n");
  expect(refusal(undefined).message).toContain("PGSERVICE");
});

test.each([
  "postgres://ann:s3cr3t%@db/app",
  "postgres://ann:s3cr3t%zz@db/app",
  "postgres://ann:s3cr3t%00@db/app",
  "postgres://ann:s3cr3t%ff@db/app",
  "postgres://ann:12/s3cr3t?a=b@db/app",
  "postgres://ann:12/s3cr3t@db/app",
  "postgres://ann:1@s3cr3t@db/app",
  "postgres://ann:12?s3cr3t/3@db/app",
  "postgres://ann:s3cr3t",
  "postgres://ann:s3cr3t/app",
  "postgres:/ann:s3cr3t@db/app",
  "postgres//ann:s3cr3t@db/app",
  "postgre://ann:s3cr3t@db/app",
  " ann:s3cr3t@db/app",
  "postgres://ann@db/app?pass=s3cr3t",
  "postgres://ann@db/app?s3cr3t",
  "postgres://ann@db/app?password=1&s3cr3t",
  "postgres://ann@db/app?password=1&s3cr3t=2",
  "postgres://ann@db/app?password=1&secretly=2",
  "postgres://ann@db/app?secretly",
  "postgres://ann@db/app?sslpassword=s3cr3t",
  "postgres://ann@db/app?port=s3cr3t",
  "postgres://ann@[s3cr3t/app",
  "postgres://ann:x@db:s3cr3t/app",
  "host=db password='s3cr3t'",
])("a URL that cannot be used is refused and not repeated: %s", async (url) => {
  const error = refusal(url);
  expect(error.code).toBe("CONFIGURATION");
  expect(allTextOf(error)).not.toMatch(secret);
  const { exitCode, stdout, stderr } = await callSsot(["status", "--json", "--database-url", url], { directory });
  expect(exitCode).toBe(2);
  expect(stdout + stderr).not.toMatch(secret);
});

test.each([
  ["DATABASE_URL=postgres://ann@db/app # the copy\n", "app"],
  ["# first\nexport DATABASE_URL='postgres://ann@db/app'\r\n", "app"],
  ['\ufeffDATABASE_URL="postgres://ann:1#2@db/app"\n', "app"],
  ["PGHOST=db\nPGDATABASE=app\nPGUSER=ann\n", "app"],
])("a .env is read as Node reads one: %j", (text, database) => {
  write(".env", text);
  expect(resolve(undefined)).toMatchObject({ host: "db", user: "ann", database, source: ".env" });
});

test("what a comment would cut off in a .env is not left out quietly", () => {
  write(".env", "DATABASE_URL=postgres://ann:12#s3cr3t@db/app\n");
  const error = refusal(undefined);
  expect(error).toMatchObject({ code: "CONFIGURATION", message: expect.stringContaining("DATABASE_URL") });
  expect(allTextOf(error)).not.toContain("s3cr3t");
});

test("a .env that is there and cannot be read is not passed over for another database", () => {
  symlinkSync(join(directory, ".env"), join(directory, ".env"));
  expect(refusal(undefined, { PGHOST: "db" })).toMatchObject({
    code: "CONFIGURATION",
    message: expect.stringContaining(".env"),
  });
});

test.each([
  ["DATABASE_URL=postgres://ann@db/app\n", "a URL"],
  ["PGHOST=db\nPGUSER=ann\n", "a host"],
])("PGPASSWORD is not sent to where a .env leads: %s", (text) => {
  write(".env", text);
  const error = refusal(undefined, { PGPASSWORD: "s3cr3t" });
  expect(error.code).toBe("CONFIGURATION");
  expect(error.message).toContain("PGPASSWORD");
  for (const way of ["--database-url", "DATABASE_URL", ".env"]) expect(error.hint).toContain(way);
  expect(allTextOf(error)).not.toContain("s3cr3t");

  write(".env", `${text}PGPASSWORD=ours\n`);
  expect(refusal(undefined, { PGPASSWORD: "s3cr3t" }).message).toContain("PGPASSWORD");
  expect(resolve(undefined).password).toBe("ours");
});

test("PGPASSWORD goes to a host that is named beside it", () => {
  write(".env", "DATABASE_URL=postgres://ann@/app\n");
  expect(resolve(undefined, { PGPASSWORD: "s3cr3t", PGHOST: "db" })).toMatchObject({ password: "s3cr3t", host: "db" });
  write(".env", "DATABASE_URL=postgres://ann:ours@db/app\n");
  expect(resolve(undefined, { PGPASSWORD: "s3cr3t" }).password).toBe("ours");
  expect(resolve("postgres://ann@db/app", { PGPASSWORD: "s3cr3t" }).password).toBe("s3cr3t");
});

const passwords = [
  "# db:5432:app:ann:comment",
  "",
  "too:short",
  "other:5432:app:ann:of another host",
  "db:5433:app:ann:of another port",
  "db:*:app:ann:s3cr\\:3\\\\t",
  "db:5432:app:ann:too late",
  "localhost:*:*:ann:of the socket",
  "*:*:*:bea:of bea",
].join("\n");

test("a password comes from ~/.pgpass, by the first line that fits", () => {
  write(".pgpass", passwords);
  expect(resolve("postgres://ann@db/app").password).toBe("s3cr:3\\t");
  expect(resolve("postgres://ann@db:5433/app").password).toBe("of another port");
  expect(resolve("postgres://bea@somewhere/app").password).toBe("of bea");
  expect(resolve("postgres://carl@db/app").password).toBeUndefined();
  expect(resolve("postgres://ann@/app?host=/var/run/postgresql").password).toBe("of the socket");
  expect(resolve("postgres://ann:own@db/app").password).toBe("own");
  expect(resolve("postgres://ann@db:5433/app?password=").password).toBe("of another port");
  expect(resolve("postgres://ann@db/app", { PGPASSWORD: "own" }).password).toBe("own");
});

test("PGPASSFILE and passfile name another file, and one that is not there gives nothing", () => {
  const path = write("passwords", "db:*:*:ann:from the file\n");
  expect(resolve("postgres://ann@db/app", { PGPASSFILE: path }).password).toBe("from the file");
  expect(resolve(`postgres://ann@db/app?passfile=${path}`).password).toBe("from the file");
  expect(resolve("postgres://ann@db/app", { PGPASSFILE: "/nowhere" }).password).toBeUndefined();
});

test("a password file that others may read is not used", () => {
  const path = write(".pgpass", "db:*:*:ann:s3cr3t\n");
  chmodSync(path, 0o644);
  const error = refusal("postgres://ann@db/app");
  expect(error).toMatchObject({ code: "CONFIGURATION", message: expect.stringContaining(path) });
  expect(error.hint).toContain("chmod 600");
  expect(allTextOf(error)).not.toContain("s3cr3t");
  expect(resolve("postgres://bea@db/app").password).toBeUndefined();
});

test("a password for any host is not sent to where a .env leads, one for this host is", () => {
  write(".env", "DATABASE_URL=postgres://ann@db/app\n");
  write(".pgpass", "*:*:*:ann:s3cr3t\n");
  expect(refusal(undefined).message).toContain(".pgpass");
  write(".pgpass", "db:*:*:ann:s3cr3t\n");
  expect(resolve(undefined).password).toBe("s3cr3t");
});

test("a session is opened by dbname=, user=, ~/.pgpass and through a socket's folder", async () => {
  const database = await createTestDatabase({ template: "empty" });
  const { hostname, port } = new URL(database.url);
  const role = `${database.name}_role`;
  const relay = createServer((socket) => {
    const server = dial(Number(port), hostname);
    socket.on("error", () => server.destroy()).pipe(server);
    server.on("error", () => socket.destroy()).pipe(socket);
  });
  try {
    await database.sql.unsafe(`create role ${role} login password 's3cr3t'`);
    write(".pgpass", `${hostname}:${port}:${database.name}:${role}:s3cr3t\nlocalhost:*:*:${role}:s3cr3t\n`);
    await new Promise<void>((done) => relay.listen(join(directory, ".s.PGSQL.5499"), done));
    for (const url of [
      `postgres://postgres@${hostname}:${port}/postgres?dbname=${database.name}&user=${role}`,
      `postgres://${role}@/${database.name}?host=${directory}&port=5499&sslmode=require`,
    ]) {
      expect(await whereIs(resolve(url))).toEqual([{ current_database: database.name, current_user: role }]);
    }
  } finally {
    await new Promise((done) => relay.close(done));
    await database.sql.unsafe(`drop role if exists ${role}`);
    await database.drop();
  }
});

test("a session is opened to an address of IPv6", async () => {
  const database: TestDatabase = await createTestDatabase({ template: "empty" });
  const { hostname, port } = new URL(database.url);
  const relay = createServer((socket) => {
    const server = dial(Number(port), hostname);
    socket.on("error", () => server.destroy()).pipe(server);
    server.on("error", () => socket.destroy()).pipe(socket);
  });
  try {
    const url = new URL(database.url);
    await new Promise<void>((done, fail) => relay.on("error", fail).listen(0, "::1", done));
    const address = relay.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const target = resolve(`postgres://${url.username}:${url.password}@[::1]:${address.port}${url.pathname}`);
    expect(await whereIs(target)).toEqual([{ current_database: database.name, current_user: url.username }]);
  } finally {
    await new Promise((done) => relay.close(done));
    await database.drop();
  }
});

async function whereIs(target: Target): Promise<unknown> {
  const connection = await connect(target);
  try {
    return await connection.execute("select current_database()::text, current_user::text");
  } finally {
    await connection.close();
  }
}
