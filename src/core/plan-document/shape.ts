import { z } from "zod";

/** The version of the file's format; another one is refused. */
export const planFormat = 1;

const names = z.array(z.string());
const counts = z.record(z.string(), z.number().int().nonnegative());
const listed = z.array(z.strictObject({ name: z.string(), codes: names, reasons: names }));
const told = z.array(z.strictObject({ what: z.string(), remedy: z.string() }));

const trust = { userTriggers: z.enum(["refuse", "fire"]), trustRoles: names };

/** What `migrate` was told; a plan of it is applied with that. */
const migrateOptions = z.strictObject({
  to: z.string().nullable(),
  phase3: z.boolean(),
  only: names.nullable(),
  with: names,
  force: z.strictObject({ reason: z.string() }).nullable(),
  onUnfixablePhone: z.enum(["abort", "quarantine"]),
  replaceView: z.boolean(),
  reads: z.enum(["require", "warn"]),
  allow: z.record(z.string(), z.string().nullable()),
  ...trust,
});

/** What `rollback` was told. */
const rollbackOptions = z.strictObject({
  to: z.string().nullable(),
  all: z.boolean(),
  only: z.string().nullable(),
  schemaOnly: z.boolean(),
  ...trust,
});

const step = z.strictObject({
  name: z.string(),
  lock: z.string(),
  blocks: z.string(),
  transactional: z.boolean(),
  rows: z.number().int().nonnegative().nullable(),
});

const content = {
  at: z.iso.datetime(),
  target: z.strictObject({ host: z.string(), port: z.number().int(), database: z.string(), user: z.string() }),
  tool: z.string(),
  server: z.number().int(),
  database: z.strictObject({
    name: z.string(),
    oid: z.number().int(),
    systemIdentifier: z.string().nullable(),
    tables: z.record(z.string(), z.number().int().nullable()),
  }),
  engine: z.strictObject({
    version: z.number().int(),
    digest: z.string(),
    installed: z.strictObject({ version: z.number().int(), tool: z.string(), routines: z.string() }).nullable(),
  }),
  story: z.array(
    z.strictObject({
      name: z.string(),
      checksum: z.string(),
      state: z.enum(["applied", "pending", "partial", "changed", "missing"]),
    }),
  ),
  pending: z.array(
    z.strictObject({
      name: z.string(),
      phase: z.union([z.literal(1), z.literal(3)]),
      effects: counts,
      steps: z.array(step),
    }),
  ),
  held: listed,
  overridden: z.array(z.strictObject({ name: z.string(), codes: names })),
  catchUp: z.number().int().nonnegative().nullable(),
  catalog: z.record(z.string(), z.string()),
  sizes: z.array(z.strictObject({ table: z.string(), rows: z.number(), bytes: z.number() })),
  look: z.strictObject({
    unfixableContacts: z.number().int(),
    obstacles: told,
    cautions: told,
    notTried: names,
    triggers: z.array(z.strictObject({ table: z.string(), name: z.string(), when: z.string(), harmless: z.boolean() })),
    view: z.strictObject({ former: z.enum(["kept", "replaced"]).nullable(), further: names, madeAgain: names }),
    contactRoles: z.array(
      z.strictObject({
        column: z.string(),
        role: z.enum(["dead", "alive", "opt-out", "consent"]),
        isBoolean: z.boolean(),
        fits: z.boolean(),
      }),
    ),
    rolesWithoutContacts: names,
  }),
};

/** What the engine keeps of the objects that migrations changed: gone, once they are taken back. */
const journal = z.strictObject({ names, undo: names, prefixes: names });

const sealed = { ssotPlan: z.literal(planFormat), hash: z.string() };

export const planShape = z.discriminatedUnion("command", [
  z.strictObject({ ...sealed, command: z.literal("migrate"), options: migrateOptions, ...content }),
  z.strictObject({ ...sealed, command: z.literal("rollback"), options: rollbackOptions, journal, ...content }),
]);
