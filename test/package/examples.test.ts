import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../../src/model/package-root.ts";
import { problemOf } from "./command-lines.ts";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly valueFrom?: object; readonly value?: string }[];
  readonly resources: { readonly requests?: object; readonly limits?: object };
  readonly securityContext: object;
}

const read = (...path: readonly string[]): string => readFileSync(join(packageRoot(), "examples", ...path), "utf8");
const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));

test("a command line is judged by the program itself", async () => {
  expect(await problemOf(["verify", "--record"])).toBeUndefined();
  expect(await problemOf(["verify", "--recrod"])).toContain("unknown option '--recrod'");
  expect(await problemOf(["undo"])).toContain("unknown command 'undo'");
  expect(await problemOf(["verify", "--token", "x"])).toBe("--token is for --dashboard-url only");
});

test.each([
  ["migrate.yaml", "Job"],
  ["nightly.yaml", "CronJob"],
])(
  "kubernetes/%s is a %s whose commands the program knows, without rights and without a password",
  async (name, kind) => {
    const text = read("kubernetes", name);
    const manifest = parse(text, { merge: true });
    expect([manifest.apiVersion, manifest.kind]).toEqual(["batch/v1", kind]);
    const job = kind === "Job" ? manifest.spec : manifest.spec.jobTemplate.spec;
    const pod = job.template.spec;
    expect(pod).toMatchObject({
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    });
    const containers: readonly Container[] = [...pod.initContainers, ...pod.containers];
    expect(containers.length).toBe(2);
    for (const { image, args, env, resources, securityContext } of containers) {
      expect([args, await problemOf(args)]).toEqual([args, undefined]);
      expect(image).toBe(`registry.example.com/ssot:${version}`);
      expect(env).toEqual([
        { name: "DATABASE_URL", valueFrom: { secretKeyRef: { name: "ssot", key: "database-url" } } },
      ]);
      expect(resources).toMatchObject({
        requests: { memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
    expect(text).not.toMatch(/postgres(?:ql)?:\/\//);
  },
);

test("the Job tries again after exit 5, which is safe, and after no other", () => {
  const { spec } = parse(read("kubernetes", "migrate.yaml"), { merge: true });
  expect(spec.podFailurePolicy.rules).toEqual([{ action: "FailJob", onExitCodes: { operator: "NotIn", values: [5] } }]);
  expect(spec.backoffLimit).toBeGreaterThan(0);
});

test("the workflow runs commands that the program knows, before the deploy, with the secret where it is used", async () => {
  const { jobs, permissions } = parse(read("github", "deploy.yml"));
  expect(permissions).toEqual({ contents: "read" });
  expect(jobs.deploy.needs).toBe("database");
  const steps: readonly { readonly run?: string; readonly env?: object }[] = jobs.database.steps;
  const ours = steps.filter(({ run }) => run?.includes("ssot"));
  expect(ours.length).toBe(2);
  for (const { run = "", env } of ours) {
    const [npx, noInstall, ssot, ...words] = run.trim().split(/\s+/);
    expect([npx, noInstall, ssot]).toEqual(["npx", "--no-install", "ssot"]);
    expect([run, await problemOf(words)]).toEqual([run, undefined]);
    expect(env).toEqual({ DATABASE_URL: expect.stringMatching(/^\$\{\{ secrets\.\w+ \}\}$/) });
  }
  expect(jobs.database.env).toBeUndefined();
});
