import { test } from "node:test";
import { startRail, phone } from "../support/rail.ts";
test("smoke", async () => {
  const rail = await startRail();
  for (const [profile, alg] of [["strong","ES256"],["compat","RS256"],["compat","EdDSA"],["strong","PS256"]] as const) {
    const bank = await rail.bank({ profile, alg });
    const r = await bank.post("/p2p/orders", { creditor: { phone: phone() }, debtor: { account: bank.iban() }, amount: 5.25, currency: "UAH", external_id: "a1", purpose: "x", type: "phone" });
    console.log(profile, alg, r.status, r.text);
    const g = await bank.get(`/p2p/orders/${r.body.guid}`);
    console.log(g.status, g.text);
    console.log((await bank.post("/p2p/orders", { creditor: { phone: phone() }, debtor: { account: bank.iban() }, currency: "UAH", external_id: "a2", purpose: "x", type: "phone" }, { header: false })).text);
  }
  console.log((await rail.operator("GET", "/participants")).text);
  console.log((await rail.stranger("GET", "/.well-known/jwks.json")).text);
  await rail.restart();
  await rail.end();
});
