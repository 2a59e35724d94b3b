import { getCountries, getExampleNumber } from "libphonenumber-js/min";
import examples from "libphonenumber-js/mobile/examples";
import { describe, expect, test } from "vitest";
import { isE164 } from "../../src/phone/e164.ts";
import { normalisePhone } from "../../src/phone/normalise.ts";

describe("normalisePhone", () => {
  test.each([
    ["(415) 555-0142", "US", "+14155550142"],
    ["1.415.555.0142", "US", "+14155550142"],
    ["011 44 20 7946 0018", "US", "+442079460018"],
    ["(415) 555-0142", "us", "+14155550142"],
    ["020 7946 0018", "GB", "+442079460018"],
    ["+44 (0)20 7946 0018", "US", "+442079460018"],
    ["(+44) 20 7946 0018", "US", "+442079460018"],
    ["030/1234567", "DE", "+49301234567"],
    ["00 49 30 1234567", "FR", "+49301234567"],
    ["06 6982 1234", "IT", "+390669821234"],
    ["8 (912) 345-67-89", "RU", "+79123456789"],
    ["0 11 15-2345-6789", "AR", "+5491123456789"],
    ["tel:+1-415-555-0142", "DE", "+14155550142"],
    ["\u202a+1\u00a0415\u2011555\u20110142\u202c", "DE", "+14155550142"],
    ["\uff0b\uff11 415 555 0142", "DE", "+14155550142"],
    ["\u0664\u0661\u0665 \u06f5\u06f5\u06f5 0142", "US", "+14155550142"],
    ["  415 555 0142\r\n", "US", "+14155550142"],
  ])("reads %j as dialled in %s", (raw, country, number) => {
    expect(normalisePhone(raw, country)).toBe(number);
  });

  test("leaves text in the shape of E.164 as it is, whatever it means", () => {
    for (const raw of ["+15551234567", "+266696687", "+12", "+999999999999999"]) {
      expect(normalisePhone(raw, "US")).toBe(raw);
    }
  });

  test("reads its own answer again as the same number, in every country; one as short as an extension with its plus only", () => {
    for (const country of getCountries()) {
      const number = getExampleNumber(country, examples);
      const isShort = (number?.nationalNumber.length ?? 0) <= 5;
      expect(normalisePhone(number?.formatNational() ?? "", country), country).toBe(isShort ? null : number?.number);
      expect(normalisePhone(number?.formatInternational() ?? "", "XX"), country).toBe(number?.number);
    }
  });

  test.each([
    ["letters", "1-800-FLOWERS"],
    ["an extension", "(415) 555-0142 x123"],
    ["an extension in a link", "tel:+14155550142;ext=123"],
    ["an extension after a comma", "4155550142,123"],
    ["an extension before a hash", "4155550142-123#"],
    ["two plus signs", "++14155550142"],
    ["a plus in the middle", "415+5550142"],
    ["two numbers", "4155550142\n4155550143"],
    ["two numbers after a slash", "415-555-0142 / 415-555-0143"],
    ["a number without its area code", "555-0142"],
    ["a number that is too long", "415 555 0142 0"],
    ["a calling code nobody has", "+999 415 555 0142"],
    ["a zero after the plus", "+0 415 555 0142"],
    ["a SIP address", "sip:4155550142@example.com"],
    ["a word", "anonymous"],
    ["a character NUL", "4155550142\u0000"],
    ["an emoji digit", "\u0031\ufe0f\u20e34155550142"],
    ["a digit beyond the first plane", "\u{1d7d2}155550142"],
    ["only separators", " -.() "],
    ["nothing", ""],
    ["ten thousand digits", "4".repeat(10_000)],
    ["ten thousand blanks", `415${" ".repeat(10_000)}5550142`],
  ])("answers null to %s", (_, raw) => {
    expect(normalisePhone(raw, "US")).toBeNull();
  });

  test("answers null to no number", () => {
    expect(normalisePhone(null, "US")).toBeNull();
  });

  test("does not take seven digits for a Canadian number", () => {
    expect(normalisePhone("555-0142", "CA")).toBeNull();
    expect(normalisePhone("310-1234", "CA")).toBeNull();
  });

  test.each(["", "XX", "USA", "001", "u", "constructor", "\u0131n"])(
    "reads only international spellings in the unknown country %j",
    (country) => {
      expect(normalisePhone("(415) 555-0142", country)).toBeNull();
      expect(normalisePhone("011 44 20 7946 0018", country)).toBeNull();
      expect(normalisePhone("+1 (415) 555-0142", country)).toBe("+14155550142");
    },
  );
});

describe("isE164", () => {
  test.each(["+12", "+14155550142", "+123456789012345"])("accepts %j", (text) => {
    expect(isE164(text)).toBe(true);
  });

  test.each([
    "",
    "+",
    "+1",
    "+0123456",
    "14155550142",
    "+1 415",
    "+1234567890123456",
    "+14155550142\n",
    "+\u0661\u0662",
  ])("refuses %j", (text) => {
    expect(isE164(text)).toBe(false);
  });
});
