/** That the browser tests would notice: a page that breaks the policy, throws, or reaches beyond the screen. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertAccessible, assertNoSidewaysScroll } from "./support/checks.ts";
import { useDemo } from "./support/demo.ts";

/** Bytes; below it a file goes out as it is. */
const WORTH_PACKING = 512;

describe("the browser of the tests", () => {
  const { browser, market } = useDemo();

  const open = () => browser.visit({ path: "/", size: "phone" });

  test("a style, a script or markup against the policy is a fault", async () => {
    const { page, faults } = await open();
    for (const pattern of [/Content Security Policy/, /TrustedHTML/]) faults.expect(pattern);
    await page.evaluate(() => {
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(style);
      document.body.setAttribute("style", "color: red");
    });
    const thrown = await page.evaluate(() => {
      try {
        document.body.innerHTML = "<img src=x onerror=alert(1)>";
        return "nothing";
      } catch (error) {
        return String(error);
      }
    });
    assert.match(thrown, /TrustedHTML/);
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).display), "block");
  });

  test("what is thrown and not caught, and what is said in the console, is a fault", async () => {
    const { page, faults } = await open();
    const seen = page.waitForEvent("pageerror");
    await page.evaluate(() => {
      console.error("all is lost");
      setTimeout(() => {
        throw new Error("nobody catches me");
      });
    });
    await seen;
    const found = faults.found();
    assert.ok(found.some((fault) => fault.includes("all is lost")));
    assert.ok(found.some((fault) => fault.includes("nobody catches me")));
    faults.expect(/all is lost|nobody catches me/);
  });

  test("a page that reaches beyond the screen is found, and one that axe does not like", async () => {
    const { page } = await open();
    await page.evaluate(() => {
      const wide = document.createElement("div");
      wide.style.width = "2000px";
      wide.textContent = "wide";
      document.body.append(wide);
      const picture = document.createElement("img");
      document.body.append(picture);
    });
    await assert.rejects(assertNoSidewaysScroll(page), /scrolls sideways, to 20\d\d px/);
    await assert.rejects(assertAccessible(page), /image-alt/);
  });

  test("each person has a browser of their own, and is signed in there", async () => {
    const whoIs = async (person: string | null) => {
      const { page } = await browser.visit({ person, path: "/" });
      return page.evaluate(async () => {
        const reply = await fetch("/api/v1/identity/session");
        const { person } = await reply.json();
        return person?.id ?? null;
      });
    };
    assert.deepEqual([await whoIs("vera"), await whoIs("anna"), await whoIs(null)], ["vera", "anna", null]);
  });

  test("the page comes from the exchange itself, and its files are packed and kept", async () => {
    const { page } = await browser.visit();
    const answers = new Map<string, Record<string, string>>();
    page.on("response", (response) => {
      answers.set(new URL(response.url()).pathname, response.headers());
    });
    await page.goto(`${market.nodes[0]?.address}/market`);
    await page.waitForLoadState("load");
    const scripts = [...answers].filter(([path]) => path.startsWith("/assets/") && path.endsWith(".js"));
    assert.ok(scripts.length > 0);
    for (const [path, headers] of scripts) {
      assert.match(headers["cache-control"] ?? "", /immutable/, path);
      const isPacked = /br|gzip/.test(headers["content-encoding"] ?? "");
      assert.ok(isPacked || Number(headers["content-length"]) < WORTH_PACKING, path);
    }
  });
});
