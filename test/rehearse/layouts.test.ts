import { expect, test } from "vitest";
import { callSsot } from "../cli/call-ssot.ts";
import { dropFile, markFile } from "../deprecate/story-files.ts";
import { makeWiki, pages } from "../deprecate/wiki.ts";
import { contactId, createApplication } from "../situations/application.ts";
import { startReplication } from "../support/replication.ts";

const rehearse = async (args: readonly string[], directory = "/") => {
  const { exitCode, stdout, stderr } = await callSsot(["rehearse", "--json", ...args], { directory });
  return { exitCode, stderr, report: JSON.parse(stdout) };
};

test("an application's schema comes back whole, by the owner of its tables; what its own triggers stamp is told apart", async () => {
  const application = await createApplication();
  try {
    await application.database.sql.unsafe(`
      update public.contacts set phone = '+14155550' || right(id::text, 3)
      where id in ('${contactId(171)}', '${contactId(172)}', '${contactId(173)}');
      delete from public.campaign_members where contact_id = '${contactId(142)}'`);
    const args = ["--on", application.url, "--user-triggers", "fire", "--replace-view", "--phase", "3"];
    const { exitCode, report } = await rehearse(args);
    expect(report.error).toBeUndefined();
    // These data have a link across tenants, and a view that shows rows of all of them.
    const findings = ["integrity.tenant-links", "security.tenant-views"];
    expect([exitCode, report.differences, report.verify.failed]).toEqual([1, [], findings]);
    expect(report.equal).toBe(true);
    expect(report.stamped).toContainEqual({ table: "public.calls", column: "updated_at", trigger: expect.any(String) });
  } finally {
    await application.drop();
  }
});

test("a project of any column is rehearsed with its drop, its values back by their table's key", async () => {
  const wiki = await makeWiki();
  try {
    wiki.tell(markFile(pages), dropFile(pages));
    const { exitCode, report } = await rehearse(["--on", wiki.database.url, "--phase", "3"], wiki.folder);
    expect([exitCode, report.differences, report.compared.length]).toEqual([0, [], 2]);
    const [row] = await wiki.database.sql`select count(author_name)::int as n from public.pages`;
    expect(row).toEqual({ n: 48 });
  } finally {
    await wiki.end();
  }
});

test("a standby is no copy, and one that is the target's hides whose copy it is", async () => {
  const { primary, standby, waitUntilCaughtUp, stop } = await startReplication();
  try {
    await waitUntilCaughtUp();
    const asCopy = await rehearse(["--on", standby, "--for", primary]);
    expect([asCopy.exitCode, asCopy.report.error.message]).toEqual([3, "the copy is a standby and can only be read"]);
    const asTarget = await rehearse(["--on", primary, "--for", standby]);
    expect([asTarget.exitCode, asTarget.report.error.message]).toEqual([
      3,
      "the target is a standby, and the copy may be its primary",
    ]);
  } finally {
    await stop();
  }
});
