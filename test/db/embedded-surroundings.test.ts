import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ask, type Installation, install, isRoot, removeLibraryLinks, serverPid } from "./embedded-fixture.ts";

/** A test of what only root can set up; elsewhere the run says that it was left out. */
function asRoot(title: string, body: () => Promise<void>): void {
  if (isRoot && process.platform === "linux") test(title, body);
  else process.stderr.write(`not run here, it needs root on Linux: ${title}\n`);
}
const ordinary = { uid: 1000 };
let installation: Installation;
let home: string;

beforeEach(() => {
  installation = install();
  home = join(installation.temporary, "home");
});
afterEach(() => {
  for (const name of ["", "lib"]) chmodSync(join(installation.binaries, name), 0o755);
  installation.remove();
});

const caches = () => readdirSync(installation.temporary).filter((name) => name.startsWith("ssot-postgres-"));

test("library links that no install script made are made at the start", async () => {
  const removed = removeLibraryLinks(installation.binaries);
  expect(removed).toBeGreaterThan(0);
  const child = await installation.start({ directory: home });
  expect(await ask(child.server, "1")).toBe("1");
  await child.end("stop");
  expect(removeLibraryLinks(installation.binaries)).toBe(removed);
  expect(caches()).toEqual([]);
});

test("where the links cannot be made, a copy in the temporary directory serves, and serves again", async () => {
  removeLibraryLinks(installation.binaries);
  chmodSync(join(installation.binaries, "lib"), 0o555);
  for (const round of [1, 2]) {
    const child = await installation.start({ directory: home }, isRoot ? ordinary : undefined);
    expect(await ask(child.server, "1"), `round ${round}`).toBe("1");
    await child.end("stop");
    expect(caches()).toHaveLength(1);
  }
});

test("a copy that lost files is made anew", async () => {
  removeLibraryLinks(installation.binaries);
  chmodSync(join(installation.binaries, "lib"), 0o555);
  const as = isRoot ? ordinary : undefined;
  await (await installation.start({ directory: home }, as)).end("stop");
  rmSync(join(installation.temporary, caches()[0] ?? "", "share"), { recursive: true });
  const child = await installation.start({ directory: home }, as);
  expect(await ask(child.server, "1")).toBe("1");
  await child.end("stop");
});

asRoot("as root the server runs as another user that owns the data", async () => {
  const child = await installation.start({ directory: home });
  expect(statSync(`/proc/${serverPid(child.server.dataDirectory)}`).uid).toBe(65534);
  expect(statSync(child.server.dataDirectory).uid).toBe(65534);
  expect(statSync(join(home, "password")).uid).toBe(0);
  await child.end("stop");
});

asRoot("an ordinary user starts it as itself, and root can use that one's directory later", async () => {
  mkdirSync(home);
  chownSync(home, ordinary.uid, ordinary.uid);
  for (const as of [ordinary, undefined]) {
    const child = await installation.start({ directory: home }, as);
    expect(statSync(`/proc/${serverPid(child.server.dataDirectory)}`).uid).toBe(ordinary.uid);
    expect(await ask(child.server, "1")).toBe("1");
    await child.end("stop");
  }
});

asRoot("an ordinary user is refused root's data, and told so", async () => {
  await (await installation.start({ directory: home })).end("stop");
  const { server } = await installation.start({ directory: home }, ordinary);
  expect(server.error).toMatchObject({ code: "EMBEDDED" });
  expect(existsSync(join(home, "data", "PG_VERSION"))).toBe(true);
});

asRoot("programs below a directory that only root enters run from a copy", async () => {
  const { binaries } = installation;
  chmodSync(binaries, 0o700);
  const child = await installation.start({ directory: home });
  expect(await ask(child.server, "1")).toBe("1");
  await child.end("stop");
  expect(caches()).toHaveLength(1);
});

asRoot("a copy of the programs that somebody else planted is not used", async () => {
  const { binaries, temporary } = installation;
  chmodSync(binaries, 0o700);
  await (await installation.start({ directory: home })).end("stop");
  const [name = ""] = caches();
  const planted = join(temporary, name);
  chownSync(planted, ordinary.uid, ordinary.uid);
  writeFileSync(join(planted, "bin", "postgres"), "#!/bin/sh\nexit 1\n");
  const child = await installation.start({ directory: home });
  expect(await ask(child.server, "1")).toBe("1");
  await child.end("stop");
  expect(caches()).toHaveLength(2);
});

asRoot("data below a directory that only root enters are served, or refused with what to do", async () => {
  const closed = join(installation.temporary, "closed");
  mkdirSync(closed, { mode: 0o700 });
  const child = await installation.start({ directory: join(closed, "home") });
  if (child.server.error === undefined) {
    expect(await ask(child.server, "1")).toBe("1");
    expect(statSync(child.server.dataDirectory).uid).toBe(0);
    await child.end("stop");
  } else {
    expect(child.server.error).toMatchObject({ code: "EMBEDDED", hint: expect.stringContaining("directory") });
  }
});
