/** A number as en-US writes it. Intl does, too, and takes a tenth of a short command to load. */
function formatNumber(n: number, mostDigits: 0 | 1): string {
  const rounded = Math.round(Number(`${Math.abs(n)}e${mostDigits}`)) / 10 ** mostDigits;
  const [whole = "", tenth] = String(rounded).split(".");
  return `${n < 0 ? "-" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${tenth === undefined ? "" : `.${tenth}`}`;
}

/** A whole number with thousands separators: `1,204,331`. */
export function formatCount(n: number): string {
  return formatNumber(n, 0);
}

/** A count and its noun: `1 call`, `1,204 calls`. */
export function countOf(n: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(n)} ${n === 1 ? noun : nouns}`;
}

/** A duration as people say it: `12 ms`, `1.9 s`, `2 min 5 s`, `1 h 4 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9950) return `${formatNumber(milliseconds / 1000, 1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A size in powers of 1024, as PostgreSQL counts: `16 kB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${size < 10 ? formatNumber(size, 1) : formatCount(size)} ${units[unit]}`;
}

/** A moment in UTC, to the minute: `2026-02-09 17:00 UTC`. */
export function formatMoment(moment: Date): string {
  return isMoment(moment) ? `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC` : noMoment;
}

/** A day in UTC: `2026-02-09`. */
export function formatDay(moment: Date): string {
  return isMoment(moment) ? moment.toISOString().slice(0, 10) : noMoment;
}

// PostgreSQL's infinity, which somebody may have written.
const noMoment = "at no moment";

function isMoment(moment: Date): boolean {
  return !Number.isNaN(moment.getTime());
}

/** A server version as PostgreSQL counts it (170004), as people say it: `17.4`. */
export function formatServerVersion(version: number): string {
  return `${Math.floor(version / 10_000)}.${version % 10_000}`;
}
