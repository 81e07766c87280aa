/** What the README says to type is typed here, as it stands there. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { useRail } from "../support/rail.ts";
import { commandsIn, typeIntoShell } from "../support/readme.ts";

const rail = useRail();

it("an order made with openssl and curl alone, in both profiles, as the README shows it", async () => {
  const blocks = await commandsIn("The rail, by hand");
  assert.equal(blocks.length, 2);
  const [node] = rail.nodes;
  const said = await typeIntoShell(blocks.join("\necho; echo ----\n"), {
    addresses: { API: `${node?.address}/api/v1`, RAIL: node?.railAddress ?? "" },
    dataDir: rail.dataDir,
  });
  const [strong = "", compat = ""] = said.split("----");
  assert.equal(strong.match(/"amount":1500\.75,.*"status":"rejected","status_reason":"NOT_LINKED"/g)?.length, 2, said);
  assert.match(compat, /"amount":250,.*"status":"created","deeplinks_page_url":"http.*","qr_code":"iVBOR/);
});
