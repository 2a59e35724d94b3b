import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scanSource } from "../../src/core/audit/source/scan-source.ts";
import type { SourceColumn } from "../../src/core/audit/source/spellings.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssot-uses-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** What is said of each line: "LINE COLUMN: USE, CERTAINTY". */
async function uses(columns?: readonly SourceColumn[]): Promise<readonly string[]> {
  const { mentions } = await scanSource(folder, columns);
  return mentions.map(({ line, column, use, certainty }) => `${line} ${column}: ${use}, ${certainty}`);
}

interface Declaration {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  readonly uses: readonly string[];
}

const declarations: readonly Declaration[] = [
  {
    what: "Prisma, with a mapped name",
    file: "schema.prisma",
    text: 'model User {\n  id String @id\n}\n\nmodel Call {\n  id         String  @id\n  callerName String? @map("caller_name")\n  @@map("calls")\n}\n',
    uses: ["7 caller_name: declared, certain"],
  },
  {
    what: "Drizzle",
    file: "schema.ts",
    text: 'export const calls = pgTable("calls", {\n  id: uuid("id").primaryKey(),\n  callerName: text("caller_name"),\n});\n',
    uses: ["3 caller_name: declared, certain"],
  },
  {
    what: "Drizzle on one line, with property names alone",
    file: "schema.ts",
    text: "export const calls = pgTable('calls', { id: uuid().primaryKey(), callerName: text() });\n",
    uses: ["1 caller_name: declared, likely"],
  },
  {
    what: "TypeORM, with the name over the property",
    file: "call.entity.ts",
    text: '@Entity("calls")\nexport class Call {\n  @PrimaryColumn()\n  id!: string;\n\n  @Column({ name: "caller_name", nullable: true })\n  callerName?: string;\n}\n',
    uses: ["6 caller_name: declared, certain", "7 caller_name: declared, likely"],
  },
  {
    what: "Sequelize",
    file: "call.js",
    text: 'Call.init(\n  {\n    id: DataTypes.UUID,\n    fromNumber: { type: DataTypes.STRING, field: "from_number" },\n  },\n  { sequelize, tableName: "calls" },\n);\n',
    uses: ["4 from_number: declared, certain"],
  },
  {
    what: "Kysely's types",
    file: "database.ts",
    text: "export interface Contacts {\n  name: string;\n}\n\nexport interface CallsTable {\n  id: string;\n  caller_name: string | null;\n}\n",
    uses: ["7 caller_name: declared, certain"],
  },
  {
    what: "Supabase's generated types",
    file: "database.types.ts",
    text: "export type Database = {\n  public: {\n    Tables: {\n      calls: {\n        Row: {\n          caller_name: string | null\n          id: string\n        }\n        Insert: {\n          caller_name?: string | null\n        }\n      }\n    }\n  }\n}\n",
    uses: ["6 caller_name: declared, certain", "10 caller_name: declared, certain"],
  },
  {
    what: "Django",
    file: "models.py",
    text: "class Call(models.Model):\n    caller_name = models.TextField(null=True)\n",
    uses: ["2 caller_name: declared, certain"],
  },
];

test.each(declarations)("a declaration reads the column in each statement: $what", async (declaration) => {
  put(declaration.file, declaration.text);
  expect(await uses()).toEqual(declaration.uses);
});

test.each([
  ["supabase-js without a list", "const { data } = await supabase\n  .from('calls')\n  .select()\n  .eq('id', id)\n"],
  ["supabase-js with a star", "await supabase.from(\"calls\").select('*, contacts(name)')\n"],
  ["Knex", "const row = await knex('calls').where({ id }).first()\n"],
  ["Kysely", "await db.selectFrom('calls').where('id', '=', id).selectAll().execute()\n"],
  ["SQL", "select c.* from public.calls as c\n"],
  ["SQL in capitals", "SELECT * FROM CALLS\n"],
  ["SQL over lines", "select *\n  from calls\n  where id = $1\n"],
  ["RETURNING", "insert into calls (id) values ($1) returning *\n"],
])("whole rows are told as what may be: %s", async (_, text) => {
  put("a.ts", text);
  const found = await uses();
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^[12] \*: whole row, possible$/);
});

test.each([
  ["Prisma", "await prisma.call.findMany({ where: { id } })\n"],
  ["Prisma, which answers an insert with the row", "await prisma.call.create({ data: { id } })\n"],
  ["Drizzle", "await db.select().from(calls).where(eq(calls.id, id))\n"],
  ["Drizzle's relations", "await db.query.calls.findFirst({ where: eq(calls.id, id) })\n"],
  ["Drizzle, which answers", "await db.insert(calls).values({ id }).returning()\n"],
  ["TypeORM", "await dataSource.getRepository(Call).findOneBy({ id })\n"],
  ["Sequelize", "await Call.findAll({ where: { id } })\n"],
])("an ORM's statement names what is declared to it: %s", async (_, text) => {
  put("a.ts", text);
  expect(await uses()).toEqual(["1 *: whole row, possible"]);
  put("b.prisma", 'model Call {\n  callerName String? @map("caller_name")\n  @@map("calls")\n}\n');
  expect(await uses()).toEqual(["1 *: whole row, likely", "2 caller_name: declared, certain"]);
});

test.each([
  "await prisma.call.findMany({ select: { id: true } })",
  "await db.query.calls.findMany({ columns: { id: true } })",
  "await db.select({ id: calls.id }).from(calls)",
  "await supabase.from('calls').select('id, contact_id')",
  "await Call.findAll({ attributes: ['id'] })",
  "select id from calls",
  "select * from contacts",
  "select count(*) from calls",
  "const one = calls.find((call) => call.id === id)",
  "update calls set contact_id = $1 returning id",
])("a list of columns without it is no use: %s", async (text) => {
  put("a.ts", `${text}\n`);
  expect(await uses()).toEqual([]);
});

test("names are found in any case, as SQL and as properties, each with how sure it is", async () => {
  put("a.sql", 'update calls set CALLER_NAME = null returning "caller_name";\n');
  put("b.ts", "const x = row.caller_name;\n");
  put("c.ts", "return { callerName: call.callerName };\n");
  put("d.ts", "const callerName = props.title;\n");
  expect(await uses()).toEqual([
    "1 caller_name: returned, certain",
    "1 caller_name: named, likely",
    "1 caller_name: named, possible",
    "1 caller_name: named, possible",
  ]);
  put("e.ts", "export interface CallRow {\n  callerName: string | null;\n}\n");
  expect((await uses()).filter((use) => use.endsWith("likely"))).toEqual([
    "1 caller_name: named, likely",
    "1 caller_name: named, likely",
    "2 caller_name: declared, likely",
  ]);
});

test("UTF-16 is read, with its mark and without, in both orders", async () => {
  const text = "select caller_name from calls\n";
  const little = Buffer.from(text, "utf16le");
  const big = Buffer.from(little).swap16();
  put("a.sql", Buffer.concat([Buffer.from([0xff, 0xfe]), little]));
  put("b.sql", Buffer.concat([Buffer.from([0xfe, 0xff]), big]));
  put("c.sql", little);
  put("d.sql", big);
  expect(await uses()).toEqual(Array.from({ length: 4 }, () => "1 caller_name: named, certain"));
});

test("a column with a common name counts beside its table alone", async () => {
  const columns = [{ table: "public.pages", column: "author" }];
  put("a.ts", "const author = book.author;\n");
  put("b.sql", "select p.author from pages as p\n");
  put("c.ts", "class Page extends Model {\n  declare author: string;\n}\n");
  expect(await uses(columns)).toEqual(["1 author: named, certain", "2 author: declared, certain"]);
});

test("a column in camelCase, of a table in another schema", async () => {
  put("a.sql", 'select "authorName" from wiki."pages"\n');
  expect(await uses([{ table: "wiki.pages", column: "authorName" }])).toEqual(["1 authorName: named, certain"]);
});
