import type { PlanDocument, Surroundings, Work } from "./document.ts";
import { type Begun, isOwnDoing } from "./own-doing.ts";

/** Another database: nothing else that differs says anything then. Pure. */
export function listOtherDatabase(
  { database: planned }: PlanDocument,
  now: Surroundings["database"],
): readonly string[] {
  const list: string[] = [];
  if (now.name !== planned.name) list.push(`database ${planned.name} was planned for, this is ${now.name}`);
  else if (now.oid !== planned.oid)
    list.push(`database ${now.name} was made anew: its oid is ${now.oid}, and was ${planned.oid}`);
  const [here, there] = [now.systemIdentifier, planned.systemIdentifier];
  if (here !== null && there !== null && here !== there)
    list.push(`this server is another one: its system identifier is ${here}, planned was ${there}`);
  return list;
}

/** What differs of tool, files, ledger and catalog. `begun` is what this very plan has done so far. Pure. */
export function listSurroundingDifferences(plan: PlanDocument, now: Surroundings, begun: Begun): readonly string[] {
  return [
    ...compareVersions(plan, now),
    ...compareEngines(plan, now, begun),
    ...compareStories(plan, now, begun),
    ...compareTables(plan, now),
    ...compareCatalogs(plan, now, begun),
  ];
}

function compareVersions(plan: PlanDocument, now: Surroundings): readonly string[] {
  const major = (version: number): number => Math.floor(version / 10_000);
  return [
    ...(plan.tool === now.tool ? [] : [`ssot ${plan.tool} made the plan, this is ssot ${now.tool}`]),
    ...(major(plan.server) === major(now.server)
      ? []
      : [`PostgreSQL ${major(plan.server)} was planned for, this is PostgreSQL ${major(now.server)}`]),
  ];
}

function compareEngines(
  { engine: planned }: PlanDocument,
  { engine: now }: Surroundings,
  begun: Begun,
): readonly string[] {
  const list: string[] = [];
  if (planned.version !== now.version || planned.digest !== now.digest)
    list.push("the engine that this ssot brings is another one than planned");
  const same = JSON.stringify([planned.installed?.version, planned.installed?.tool, planned.installed?.routines]);
  const here = JSON.stringify([now.installed?.version, now.installed?.tool, now.installed?.routines]);
  // A run that was cut off right after it had installed the engine.
  const justInstalled = planned.installed?.version !== now.version && now.installed?.version === now.version;
  if (same === here || justInstalled || begun.names.length > 0) return list;
  const say = (engine: typeof now.installed): string =>
    engine === null ? "no engine" : `engine ${engine.version} of ssot ${engine.tool}`;
  const [was, is] = [say(planned.installed), say(now.installed)];
  list.push(was === is ? `routines of schema ssot were changed` : `schema ssot: ${was} was there, now there is ${is}`);
  return list;
}

function compareStories(
  { story: planned }: PlanDocument,
  { story: now }: Surroundings,
  begun: Begun,
): readonly string[] {
  const files = new Map(now.map((file) => [file.name, file]));
  const known = new Set(planned.map(({ name }) => name));
  return [
    ...planned.flatMap(({ name, checksum, state }) => {
      const file = files.get(name);
      if (file === undefined) return [`migration ${name}: its file is gone`];
      return [
        ...(file.checksum === checksum ? [] : [`migration ${name}: its file was changed`]),
        ...(file.state === state || begun.names.includes(name)
          ? []
          : [`migration ${name}: was ${state}, and is ${file.state}, not by this plan`]),
      ];
    }),
    ...now.filter(({ name }) => !known.has(name)).map(({ name }) => `migration ${name}: its file was added`),
  ];
}

function compareTables({ database: planned }: PlanDocument, { database: now }: Surroundings): readonly string[] {
  return Object.entries(planned.tables).flatMap(([table, oid]) => {
    const here = now.tables[table] ?? null;
    // A missing one is missing in the catalog as well.
    return here === oid || here === null ? [] : [`table ${table} was made anew: its oid is ${here}, and was ${oid}`];
  });
}

function compareCatalogs(
  { catalog: planned }: PlanDocument,
  { catalog: now }: Surroundings,
  begun: Begun,
): readonly string[] {
  const objects = [...new Set([...Object.keys(planned), ...Object.keys(now)])].toSorted();
  return objects.flatMap((object) => {
    const [was, is] = [planned[object], now[object]];
    const change = was === undefined ? "added" : is === undefined ? "gone" : "changed";
    if (was === is || isOwnDoing(object, { planned, change }, begun)) return [];
    if (was === undefined) return [`${object} was added: ${is}`];
    return is === undefined ? [`${object} is gone: was ${was}`] : [`${object} was changed: was ${was}; is ${is}`];
  });
}

// Evidence and records of the tool's own, which grow by themselves: a rollback takes them along, however many there are.
const ownRecords = new Set(
  [
    "auditRows",
    "lastWrites",
    "startDates",
    "readers",
    "readerSamples",
    "excusedRoles",
    "verificationRuns",
    "finalizations",
  ].map((kind) => `lost ${kind}`),
);

/** What differs of the work: what would run, and how many rows. Pure. `tolerance` is in percent of the planned count. */
export function listWorkDifferences(
  plan: Work & Pick<PlanDocument, "command">,
  now: Work,
  { begun, tolerance }: { readonly begun: Begun; readonly tolerance: number },
): readonly string[] {
  const words =
    plan.command === "migrate"
      ? { run: "run", not: "it is not pending" }
      : { run: "be taken back", not: "it is not what comes next" };
  const planned = new Map(plan.pending.map((migration) => [migration.name, migration]));
  const left = plan.pending.filter(({ name }) => !begun.names.includes(name));
  const held = new Map(now.held.map(({ name, reasons }) => [name, reasons]));
  const pending = new Map(now.pending.map((migration) => [migration.name, migration]));
  // What was held stays held, whatever its gate says by now.
  const closed = new Set(plan.held.map(({ name }) => name));
  const moved = (name: string, was: number, is: number): readonly string[] =>
    Math.abs(is - was) * 100 <= was * tolerance
      ? []
      : [`${name}: ${is} rows, planned were ${was}, ${tolerance} % may differ`];
  return [
    ...left.flatMap(({ name, effects }) => {
      const found = pending.get(name);
      if (found === undefined) return [`${name} would not ${words.run}: ${held.get(name)?.join("; ") ?? words.not}`];
      const kinds = Object.keys({ ...effects, ...found.effects }).filter((effect) => !ownRecords.has(effect));
      return kinds.flatMap((effect) => moved(`${name}: ${effect}`, effects[effect] ?? 0, found.effects[effect] ?? 0));
    }),
    ...now.pending
      .filter(({ name }) => !planned.has(name) && !closed.has(name))
      .map(({ name }) => `${name} would ${words.run} as well, and is not in the plan`),
    ...now.overridden.flatMap(({ name, codes }) => {
      const approved = plan.overridden.find((each) => each.name === name)?.codes ?? [];
      const further = codes.filter((code) => !approved.includes(code));
      return further.length === 0 || !planned.has(name)
        ? []
        : [`${name}: --force would also override ${further.join(", ")}`];
    }),
    // Fewer: some were linked meanwhile, by this plan where it was cut off.
    ...(plan.catchUp === null
      ? []
      : moved("calls that came since", plan.catchUp, Math.max(plan.catchUp, now.catchUp ?? 0))),
  ];
}
