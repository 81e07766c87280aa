/** SECURITY.md names a test for each threat. */
import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

test("every test that the threat model names is there", async () => {
  const text = await readFile(new URL("SECURITY.md", ROOT), "utf8");
  const table = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| Who "));
  assert.ok(table.length > 15);
  for (const line of table) {
    const [shownBy = ""] = line.split("|").slice(-2);
    const named = [...shownBy.matchAll(/`([a-z/-]+)`/g)].map(([, name]) => name);
    assert.ok(named.length > 0, `nothing shows: ${line}`);
    for (const name of named)
      await assert.doesNotReject(access(fileURLToPath(new URL(`test/${name}.test.ts`, ROOT))), `${name}: ${line}`);
  }
});
