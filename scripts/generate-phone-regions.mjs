/**
 * Generates the rows of ssot.phone_region from the metadata of libphonenumber-js, the ones `src/phone/normalise.ts` reads.
 *
 *   node scripts/generate-phone-regions.mjs                prints the statement
 *   node scripts/generate-phone-regions.mjs --write FILE   writes FILE, the engine's sql/phones/phone_region_rows.sql
 *   node scripts/generate-phone-regions.mjs --check FILE   exits 1 when FILE holds another one
 */
import { readFileSync, writeFileSync } from "node:fs";
import metadata from "libphonenumber-js/min/metadata";

// Positions in a country's entry: METADATA.md of libphonenumber-js, version 4 of the format.
const [callingCodeAt, internationalPrefixAt, nationalPatternAt, lengthsAt] = [0, 1, 2, 3];
const [nationalPrefixAt, prefixForParsingAt] = [5, 7];

/** A JavaScript pattern in the words both JavaScript and PostgreSQL read alike, without a backslash. */
function plainPattern(pattern) {
  const plain = pattern.replaceAll("\\d", "[0-9]");
  if (plain.includes("\\")) throw new Error(`a pattern without backslash was expected, found ${pattern}`);
  return plain;
}

/** Whether something in the pattern is captured: a carrier code, or digits that are put elsewhere. */
function captures(pattern) {
  return /[(](?![?])/.test(pattern);
}

function literal(value) {
  return value === null ? "null" : `'${value.replaceAll("'", "''")}'`;
}

function row(country) {
  const entry = metadata.countries[country];
  const callingCode = entry[callingCodeAt];
  const sharing = metadata.country_calling_codes[callingCode];
  const lengthsOfAll = sharing.map((other) => metadata.countries[other][lengthsAt]);
  const anywhere = [...new Set(lengthsOfAll.flat())].sort((a, b) => a - b);
  const everywhere = anywhere.filter((length) => lengthsOfAll.every((lengths) => lengths.includes(length)));
  const prefix = entry[nationalPrefixAt] || null;
  const parsed = entry[prefixForParsingAt] ? plainPattern(entry[prefixForParsingAt]) : prefix;
  const capturing = parsed !== null && captures(parsed);
  const values = [
    literal(country),
    literal(callingCode),
    String(sharing[0] === country),
    literal(plainPattern(entry[internationalPrefixAt])),
    literal(capturing ? prefix : parsed),
    literal(capturing ? parsed : null),
    literal(`{${everywhere.join(",")}}`),
    literal(`{${anywhere.filter((length) => !everywhere.includes(length)).join(",")}}`),
    literal(plainPattern(entry[nationalPatternAt])),
  ];
  return `  (${values.join(", ")})`;
}

function statement() {
  const rows = Object.keys(metadata.countries).sort().map(row);
  return [
    "insert into ssot.phone_region",
    "  (country, calling_code, main, international_prefix, national_prefix, carrier_pattern,",
    "   lengths, doubtful_lengths, national_pattern)",
    "values",
    `${rows.join(",\n")};`,
  ].join("\n");
}

/** What the engine's file says. */
function wholeFile() {
  return [
    "-- Generated from libphonenumber-js's metadata by scripts/generate-phone-regions.mjs.",
    "truncate ssot.phone_region;",
    statement(),
    "",
  ].join("\n");
}

const [mode, file] = process.argv.slice(2);
if (mode === undefined) {
  console.log(statement());
} else if ((mode === "--write" || mode === "--check") && file !== undefined) {
  if (mode === "--write") {
    writeFileSync(file, wholeFile());
  } else if (readFileSync(file, "utf8") !== wholeFile()) {
    console.error(`${file}: the phone regions are stale; run node scripts/generate-phone-regions.mjs --write ${file}`);
    process.exitCode = 1;
  }
} else {
  console.error("usage: node scripts/generate-phone-regions.mjs [--write FILE | --check FILE]");
  process.exitCode = 2;
}
