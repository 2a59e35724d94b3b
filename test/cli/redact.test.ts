import { expect, test } from "vitest";
import { redact } from "../../src/cli/redact.ts";
import { callSsot } from "./call-ssot.ts";

/** No letter of it is in any word of ours. */
const secret = /S3CR|3T!/;

test.each([
  "postgres://ann:S3CR 3T!@db/app",
  "postgres://ann:S3CR'3T!@db/app",
  'postgres://ann:S3CR"3T!@db/app',
  "postgres://ann:S3CR@3T!@db/app",
  "postgres://ann:S3CR/3T!@db/app",
  "postgres://ann:S3CR3T!",
  "postgres://ann:S3CR3T!/app",
  "postgres:/ann:S3CR3T!@db/app",
  "postgres//ann:S3CR3T!@db/app",
  "postgres:ann:S3CR3T!@db/app",
  "ann:S3CR3T!@db/app",
  "ann:S3CR@3T!@db/app",
  "host=db password=S3CR3T! user=ann",
  "host=db password='S3CR 3T!' user=ann",
  "host=db password='S3CR\\'3T!'",
  "host=db password = S3CR3T!",
  "PGPASSWORD=S3CR3T!",
  "postgres://db/app?password=S3CR3T!&user=ann",
  "postgres://db/app?user=ann&sslpassword=S3CR3T!",
])("a password in a text is blanked: %s", async (text) => {
  expect(redact(`it said '${text}' here`)).not.toMatch(secret);
  for (const args of [
    [text],
    ["status", `--databse-url=${text}`],
    [`--databse-url=${text}`, "status"],
    ["status", "--database-ur", text],
    ["status", `-d${text}`],
    ["migrate", "--wait", text],
    ["migrate", "--phase", text],
    ["help", text],
  ]) {
    const { exitCode, stdout, stderr } = await callSsot([...args, "--json"]);
    expect(exitCode, args.join(" ")).toBe(2);
    expect(stdout + stderr).not.toMatch(secret);
  }
});

test.each(["--password=S3CR3T!", "--passwort=S3CR3T!", "--pgpass=S3CR3T!", "-pS3CR3T!", "-WS3CR3T!"])(
  "what was given to an option that does not exist is not repeated: %s",
  async (option) => {
    const { exitCode, stdout, stderr } = await callSsot(["status", option, "--json"]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).error.message).toContain(`unknown option '${option.slice(0, 2)}`);
    expect(stdout + stderr).not.toMatch(secret);
  },
);

test("what holds no password stays as it is", () => {
  for (const text of [
    "unknown option '--dryrun'",
    "app on [::1]:5432 as ann",
    "app on 127.0.0.1:5432 as ann",
    "postgres://ann@db:5432/app",
    "http://127.0.0.1:3000/",
    "column public.calls: at 12:30, mail ann@db.example",
  ]) {
    expect(redact(text)).toBe(text);
  }
  expect(redact("postgres://ann:pw@db/app")).toBe("postgres://ann:***@db/app");
});
