import type { EngineFacts } from "../src/checks/engine-facts.ts";
import { byDeprecation, type DeprecatedColumn } from "../src/model/deprecated-column.ts";

/** A trigger that witnesses writes to deprecated columns, as the catalog has to have it. */
export interface ExpectedTrigger {
  readonly name: string;
  readonly migration: string;
  readonly relation: string;
  /** As `pg_trigger.tgtype` counts: 1 for each row, 4 after INSERT, 16 after UPDATE. */
  readonly type: number;
  /** The only column whose assignment fires it; null: any. */
  readonly column: string | null;
  /** It looks at values before it fires. */
  readonly conditional: boolean;
  /** The column whose values it looks at; null: any of them. */
  readonly watched?: string | null;
  readonly witness: string;
  /** What its function is told first. */
  readonly told: readonly string[];
}

type Way = Omit<ExpectedTrigger, "migration" | "relation" | "witness">;

const byName = { type: 17, conditional: false } as const;
const byValue = { type: 17, column: null, conditional: true } as const;
const byInsert = { type: 5, column: null, conditional: true } as const;
const byText = { type: 4, column: null, conditional: false } as const;

/** The triggers of every deprecation. */
export function expectedTriggers({ version, deprecated }: EngineFacts): readonly ExpectedTrigger[] {
  return [...byDeprecation(deprecated).values()].flatMap((columns) =>
    columns.slice(0, 1).flatMap((first) => {
      const { migration, relation, witness } = first;
      const ways = version === 1 ? firstWays(columns, first.triggers) : waysOf(columns, first);
      return ways.map((way) => ({ migration, relation, witness, ...way }));
    }),
  );
}

/** Three a column: a statement names it, it has another value, an INSERT brings one. One for all: an INSERT's text. */
function waysOf(columns: readonly DeprecatedColumn[], { relation, triggers }: DeprecatedColumn): readonly Way[] {
  const all = columns.toSorted((a, b) => a.place - b.place).map(({ column }) => column);
  return [
    ...columns.flatMap(({ column, trigger }) => [
      { ...byName, name: trigger, column, told: ["name", relation, column] },
      { ...byValue, watched: column, name: `${trigger}_value`, told: ["value", relation, column] },
      { ...byInsert, watched: column, name: `${trigger}_insert`, told: ["insert", relation, column] },
    ]),
    { ...byText, name: `${triggers}_text`, told: ["text", relation, ...all] },
  ];
}

/** The first engine had one trigger a way, whose function knew table and columns itself. */
function firstWays(columns: readonly DeprecatedColumn[], triggers: string): readonly Way[] {
  return [
    ...columns.map(({ column, trigger }) => ({ ...byName, name: trigger, column, told: [column] })),
    { ...byValue, name: `${triggers}_value`, told: ["value"] },
    { ...byInsert, name: `${triggers}_insert`, told: ["insert"] },
    { ...byText, name: `${triggers}_text`, told: ["text"] },
  ];
}
