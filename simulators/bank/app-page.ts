/** The pages of a made-up bank's app: no scripts, nothing from elsewhere. */
import { hash } from "node:crypto";
import { type Markup, markup, NO_MARKUP } from "../../src/kernel/index.ts";

export type Payable = {
  readonly orderGuid: string;
  /** As the rail writes it; null: the payer says how much. */
  readonly amount: string | null;
  readonly currency: string;
  readonly purpose: string;
  readonly account: string;
};

const STYLE = `
:root { color-scheme: light dark; --ground: #eef0fa; --card: #fff; --ink: #1b1d33; --quiet: #5a5f7d; --accent: #3b3f9e; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12131f; --card: #1d1f31; --ink: #eceefa; --quiet: #a3a8c6; --accent: #aab0ff; --on: #14163a; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 24px 16px; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 420px; margin: 0 auto; padding: 24px; background: var(--card); border-radius: 16px; }
.bank { margin: 0 0 24px; color: var(--quiet); font-weight: 600; }
h1 { margin: 0; font-size: 20px; line-height: 1.3; }
.amount { margin: 4px 0 20px; font-size: 34px; line-height: 1.2; font-weight: 700; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
dl { margin: 0 0 24px; }
dt { color: var(--quiet); font-size: 14px; }
dd { margin: 0 0 12px; overflow-wrap: anywhere; }
label { display: block; margin-bottom: 16px; }
input { width: 100%; min-height: 48px; padding: 0 12px; font: inherit; }
button { width: 100%; min-height: 48px; border: 0; border-radius: 10px; background: var(--accent); color: var(--on); font: inherit; font-weight: 600; cursor: pointer; }
button:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.quiet { margin: 16px 0 0; color: var(--quiet); font-size: 14px; }
`;

export const APP_STYLE_HASH = `sha256-${hash("sha256", STYLE, "base64")}`;

const pageOf = (bank: string, title: string, body: Markup): string =>
  `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${bank}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<p class="bank">${bank}</p>
${body}
<p class="quiet">A made-up bank: no real money moves here.</p>
</main>
</body>
</html>
`.html
  }`;

/** `5 100.00 UAH` */
const amountText = ({ amount, currency }: Payable): string => {
  if (amount === null) return currency;
  const [whole = "", decimals = "00"] = amount.split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, "\u202f")}.${decimals.padEnd(2, "0")} ${currency}`;
};

const terms = ({ purpose, account }: Payable): Markup => markup`<dl>
<div><dt>For</dt><dd>${purpose}</dd></div>
<div><dt>To the account</dt><dd>${account}</dd></div>
</dl>`;

export const payPage = (bank: string, payable: Payable): string => {
  const field =
    payable.amount === null
      ? markup`<label>Amount in ${payable.currency}<input name="amount" inputmode="decimal" pattern="[0-9]{1,12}(\\.[0-9]{1,2})?" required></label>\n`
      : NO_MARKUP;
  return pageOf(
    bank,
    "Confirm the payment",
    markup`<h1>Confirm the payment</h1>
<p class="amount">${amountText(payable)}</p>
${terms(payable)}
<form method="post">
<input type="hidden" name="order_guid" value="${payable.orderGuid}">
${field}<button>Pay ${amountText(payable)}</button>
</form>`,
  );
};

/** @param confirmed by the receiver's bank */
export const sentPage = (bank: string, payable: Payable, confirmed: boolean): string =>
  pageOf(
    bank,
    "Sent",
    markup`<h1>Sent</h1>
<p class="amount">${amountText(payable)}</p>
${terms(payable)}
<p>${confirmed ? "The receiver's bank has confirmed it." : "The receiver's bank says in a moment that it has come."} You can close this page.</p>`,
  );

export const brokenPage = (bank: string, why: string): string =>
  pageOf(
    bank,
    "Nothing to pay",
    markup`<h1>This cannot be paid here</h1>
<p>${why}</p>
<p>This page has taken nothing more from you.</p>`,
  );
