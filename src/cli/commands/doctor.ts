import type { Command } from "commander";
import type { Target } from "../../db/target.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { printReport } from "../print-report.ts";
import { type RunFlags, trustRole } from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

/** `ssot doctor`: what around the database would stop or slow a run, and what to do about it. */
export function defineDoctor(program: Command, register: Register): void {
  const command = program
    .command("doctor")
    .summary("look at what would stop a run")
    .description(
      "Looks at everything around a run: server, pooler, privileges, triggers, traffic, room. Changes nothing.",
    )
    .addHelpText("after", helpText(["ssot doctor", "ssot doctor --json"], [0, 1, 2, 3, 130]));
  command.addOption(trustRole());
  register<Pick<RunFlags, "trustRole">>(command, (invocation, { trustRole = [] }) =>
    withTarget(invocation, (target) => handleDoctor(invocation, target, trustRole)),
  );
}

async function handleDoctor(invocation: Invocation, target: Target, trustRoles: readonly string[]): Promise<number> {
  const { doctor } = await import("../../core/doctor.ts");
  const report = await untilInterrupted(
    doctor({ target, directory: await storyOf(invocation), trustRoles }),
    invocation.signal,
  );
  const { renderDoctor } = await import("../../report/render-doctor.ts");
  await printReport(invocation, report, renderDoctor);
  return report.ok ? 0 : 1;
}
