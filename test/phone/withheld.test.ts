import { expect, test } from "vitest";
import { isWithheld } from "../../src/phone/withheld.ts";

test.each([
  null,
  "",
  "  ",
  "anonymous",
  "Anonymous",
  " UNKNOWN ",
  "unavailable",
  "Restricted",
  "private",
  "Private Number",
  "unknown_caller",
  "blocked",
  "withheld",
  "+266696687",
  "+266 696-687",
  "+7378742833",
  "+86282452253",
  "+2562533",
  "+8656696",
  "sip:agent@pbx.example.com",
  "SIPS:4155550142@example.com",
  "anonymous@anonymous.invalid",
  "101",
  "10001",
])("%j names nobody", (raw) => {
  expect(isWithheld(raw)).toBe(true);
});

test.each([
  "+14155550142",
  "(737) 874-2833",
  "7378742833",
  "020 7946 0018",
  "+6821234",
  "private eye",
  "4155550142 x101",
])("%j is somebody's number, or for others to refuse", (raw) => {
  expect(isWithheld(raw)).toBe(false);
});
