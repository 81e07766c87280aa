/** A file in the chat over a slow line: how far it has come is seen, and it can be given up in the middle. */
import assert from "node:assert/strict";
import { randomFillSync } from "node:crypto";
import { describe, test } from "node:test";
import { PNG } from "pngjs";
import { useDemo } from "./support/demo.ts";
import { createWorld, type World } from "./world.ts";

/** Bytes in a second, as over a bad phone's line: slow enough to be watched. */
const SLOW = 150_000;
const FAST = -1;

/** Noise cannot be packed: about a megabyte. */
const largePicture = (): Buffer => {
  const picture = new PNG({ width: 600, height: 440 });
  randomFillSync(picture.data);
  return PNG.sync.write(picture);
};

describe("a file on its way", () => {
  let world: World;
  const { browser } = useDemo({}, async (market) => {
    world = await createWorld(market);
  });

  for (const size of ["phone", "desk"] as const) {
    test(`says how far it has come, is given up by a press, and is sent whole the next time, at a ${size}'s size`, async () => {
      const path = `/orders/${world.pendingOrder}/chat`;
      const { page, context } = await browser.visit({ person: "vera", size, path });
      const line = await context.newCDPSession(page);
      const slowTo = (uploadThroughput: number) =>
        line.send("Network.emulateNetworkConditions", {
          offline: false,
          latency: 0,
          downloadThroughput: FAST,
          uploadThroughput,
        });
      await page.getByRole("textbox", { name: "Message" }).waitFor();
      const choose = (name: string) =>
        page.locator("input[type=file]").setInputFiles({ name, mimeType: "image/png", buffer: largePicture() });

      await slowTo(SLOW);
      await choose("given-up.png");
      const share = page.getByText(/^Uploading, [1-9]\d? %$/);
      await share.waitFor();
      const before = Number(/\d+/.exec((await share.textContent()) ?? "")?.[0]);
      await page.waitForFunction(
        (least) => Number(/Uploading, (\d+) %/.exec(document.body.textContent ?? "")?.[1]) > least,
        before,
      );
      const given = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/attachments"));
      await page.getByRole("button", { name: "Remove given-up.png" }).click();
      await given;
      await page.getByText("given-up.png").waitFor({ state: "detached" });
      assert.equal(await page.getByRole("alert").count(), 0, "what was given up is no fault");

      await slowTo(FAST);
      await choose(`${size}.png`);
      await page.getByRole("button", { name: `Remove ${size}.png` }).waitFor();
      await page.getByText(/^(Uploading|Sending)/).waitFor({ state: "detached" });
      await page.getByRole("button", { name: "Send" }).click();
      await page.getByRole("img", { name: `Picture ${size}.png` }).waitFor();
      assert.equal(await page.getByRole("img", { name: "Picture given-up.png" }).count(), 0);
    });
  }
});
