/** What the README says to type is typed here, as it stands there. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, it } from "node:test";
import { startRail, type TestRail } from "../support/rail.ts";

let rail: TestRail;
before(async () => {
  rail = await startRail();
});
after(() => rail.end());

const blocksOf = (readme: string, chapter: string): readonly string[] => {
  const start = readme.indexOf(`## ${chapter}`);
  assert.ok(start >= 0, "the README has the chapter");
  const text = readme.slice(start, readme.indexOf("\n## ", start + 1));
  return [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? "");
};

it("an order made with openssl and curl alone, in both profiles, as the README shows it", async () => {
  const blocks = blocksOf(await readFile("README.md", "utf8"), "The rail, by hand");
  assert.equal(blocks.length, 2);
  const [node] = rail.nodes;
  const script = blocks
    .join("\necho; echo ----\n")
    .replace(/^API=.*$/m, `API=${node?.address}/api/v1`)
    .replace(/^RAIL=.*$/m, `RAIL=${node?.railAddress}`)
    .replaceAll("npx parley", resolve("bin/parley"));
  const folder = await mkdtemp(join(tmpdir(), "parley-by-hand-"));
  try {
    const shell = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd: folder,
      env: { ...process.env, DATA_DIR: rail.dataDir },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    shell.stdout.on("data", (chunk) => {
      said += chunk;
    });
    const [code] = await once(shell, "close");
    assert.equal(code, 0, said);
    const [strong = "", compat = ""] = said.split("----");
    assert.equal(
      strong.match(/"amount":1500\.75,.*"status":"rejected","status_reason":"NOT_LINKED"/g)?.length,
      2,
      said,
    );
    assert.match(compat, /"amount":250,.*"status":"created","deeplinks_page_url":"http.*","qr_code":"iVBOR/);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
