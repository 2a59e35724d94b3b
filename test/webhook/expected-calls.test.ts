import { expect, test } from "vitest";
import { ExpectedCalls } from "../../src/webhook/expected-calls.ts";

test("a call that was written is expected to be stored", () => {
  const expected = new ExpectedCalls();
  expect(expected.of("a call", "ended")).toBeUndefined();
  expected.learn("a call", "queued", "new");
  expect(expected.of("a call", "ended")).toBe("stored");
});

test("eight events of a state that were alike tell the ninth, until one was not", () => {
  const expected = new ExpectedCalls();
  for (let n = 1; n <= 8; n += 1) {
    expect(expected.of("another", "ended")).toBeUndefined();
    expected.learn(`call ${n}`, "ended", "new");
  }
  expect(expected.of("another", "ended")).toBe("new");
  expect(expected.of("another", "queued")).toBeUndefined();
  expected.learn("a stored one", "ended", "stored");
  expect(expected.of("another", "ended")).toBeUndefined();
});

test("nothing is expected of a call after a failure", () => {
  const expected = new ExpectedCalls();
  for (let n = 1; n <= 8; n += 1) expected.learn(`call ${n}`, "ended", "new");
  expected.learn("call 8", "ended", undefined);
  expect(expected.of("call 8", "ended")).toBeUndefined();
  for (let n = 1; n <= 8; n += 1) expected.learn(`call ${n}`, "ended", undefined);
  expect(expected.of("another", "ended")).toBeUndefined();
});

test("of very many calls the latest are remembered", () => {
  const expected = new ExpectedCalls();
  for (let n = 1; n <= 30_000; n += 1) expected.learn(`call ${n}`, "ended", n % 2 === 0 ? "new" : "stored");
  expect([expected.of("call 25000", "ended"), expected.of("call 5000", "ended")]).toEqual(["stored", undefined]);
});

test("however many states a sender makes up, few are remembered, and those that are in use", () => {
  const expected = new ExpectedCalls();
  for (let n = 1; n <= 10_000; n += 1) {
    expected.learn(`call ${n}`, "ended", "new");
    expected.learn(`call ${n}`, `state ${n}`, "new");
    expected.learn(`call ${n}`, `${n}`.padEnd(100_000, "x"), "new");
  }
  expect(expected.states).toBe(64);
  expect(expected.of("another", "ended")).toBe("new");
});
