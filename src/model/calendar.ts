/** Whether a text in ISO 8601 begins with a day that there is. JavaScript takes the 30th of February for a day of March. */
export function isOfCalendar(value: string): boolean {
  const day = value.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
