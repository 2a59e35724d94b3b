import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { callSsot } from "./call-ssot.ts";

const folder = mkdtempSync(join(tmpdir(), "ssot-completion-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function writeScript(shell: string): Promise<string> {
  const { exitCode, stdout } = await callSsot(["completion", shell]);
  expect(exitCode).toBe(0);
  const path = join(folder, `ssot.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    // A shell that waits for more than was typed.
    timeout: 30_000,
    env: { PATH: process.env.PATH, HOME: folder, TERM: "dumb" },
  });
  expect([program, status, stderr]).toEqual([program, 0, ""]);
  return stdout;
}

test("fish offers commands, options and values, each with what it is for", async () => {
  const script = await writeScript("fish");
  const offered = (line: string): readonly string[] =>
    run("fish", ["-c", `source ${script}; complete -C "${line}"`])
      .trim()
      .split("\n");
  expect(offered("ssot mig")).toEqual(["migrate\tapply the pending migrations"]);
  expect(offered("ssot verify --rec")).toEqual(["--record\tkeep the coverage of this run, for the trend"]);
  expect(offered("ssot verify cov")).toEqual(["coverage"]);
  expect(offered("ssot verify --reporter jun")).toEqual([expect.stringMatching(/^junit\t/)]);
  expect(offered("ssot audit deprecated --by wr")).toEqual([expect.stringMatching(/^writer\t/)]);
  expect(offered("ssot --quiet roll")).toEqual([expect.stringMatching(/^rollback\t/)]);
});

test("zsh completes commands, options and values behind a TAB", async () => {
  const script = await writeScript("zsh");
  // A terminal of zsh's own: the line is typed, a TAB follows, and what the line has become is asked of the editor itself.
  const typed = (line: string): string => {
    const [, became = ""] =
      /<<(.*?)>>/s.exec(
        run("zsh", [
          "-fc",
          `zmodload zsh/zpty
           zpty shell zsh -fi
           zpty -w shell 'PS1=; autoload -U compinit; compinit -u -d ${folder}/zcompdump; source ${script}'
           zpty -w shell 'tell() { print -r -- "<""<$BUFFER>"">" }; zle -N tell; bindkey "^X" tell; print rea""dy'
           zpty -r -m shell ignored '*ready*'
           zpty -w -n shell $'${line}\\t\\C-x'
           zpty -r -m shell answer '*>>*'
           print -r -- $answer`,
        ]),
      ) ?? [];
    return became;
  };
  expect(typed("ssot mig")).toBe("ssot migrate ");
  expect(typed("ssot verify --rec")).toBe("ssot verify --record ");
  expect(typed("ssot verify cov")).toBe("ssot verify coverage ");
  expect(typed("ssot verify schema cov")).toBe("ssot verify schema coverage ");
  expect(typed("ssot verify --reporter jun")).toBe("ssot verify --reporter junit ");
  expect(typed("ssot audit deprecated --by wr")).toBe("ssot audit deprecated --by writer ");
  expect(typed("ssot --quiet roll")).toBe("ssot --quiet rollback ");
});
