export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads OpenMetrics text (https://prometheus.io/docs/specs/om/open_metrics_spec/) as strictly as it is written there for
 * gauges: each family in one piece, TYPE before UNIT before HELP before its samples, a unit that ends the name, no sample
 * twice, `# EOF` last. Throws for anything else.
 */
export function parseOpenMetrics(text: string): readonly MetricSample[] {
  if (!text.endsWith("# EOF\n")) throw new Error("the end is missing");
  const families = new Set<string>();
  const seen = new Set<string>();
  const samples: MetricSample[] = [];
  let family = "";
  let stage = 0;
  for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
    const [, kind, name = "", rest = ""] = /^# (TYPE|UNIT|HELP) ([a-z][a-z0-9_]*) (.+)$/.exec(line) ?? [];
    if (kind === "TYPE") {
      if (rest !== "gauge" || families.has(name)) throw new Error(`no new family of gauges: ${line}`);
      families.add(name);
      [family, stage] = [name, 1];
    } else if (kind === "UNIT" || kind === "HELP") {
      const next = kind === "UNIT" ? 2 : 3;
      if (name !== family || stage >= next) throw new Error(`out of place: ${line}`);
      if (kind === "UNIT" && !name.endsWith(`_${rest}`)) throw new Error(`the name does not end in its unit: ${line}`);
      stage = next;
    } else {
      const sample = readSample(line);
      if (sample.name !== family || seen.has(line.replace(/ \S+$/, ""))) throw new Error(`out of place: ${line}`);
      seen.add(line.replace(/ \S+$/, ""));
      samples.push(sample);
    }
  }
  return samples;
}

function readSample(line: string): MetricSample {
  const value = String.raw`"(?:[^"\\]|\\[\\"n])*"`;
  const shape = new RegExp(`^([a-z][a-z0-9_]*)\\{((?:[a-z_]+=${value},?)*)\\} (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`);
  const [, name, labels = "", number] = shape.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample: ${line}`);
  const pairs = [...labels.matchAll(new RegExp(`([a-z_]+)=(${value})`, "g"))];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, key, text = ""]) => [key, JSON.parse(text)])),
    value: Number(number),
  };
}
