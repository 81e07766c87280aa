/** The page of a link: who is paid, for what, how much, until when; which bank to pay with. No scripts at all. */
import { type Markup, markup, NO_MARKUP } from "../../kernel/index.ts";
import { decimalOf } from "../parsers/index.ts";
import type { Order } from "../tables/index.ts";
import type { Choice } from "./links.ts";
import { STYLE } from "./style.ts";

export type LinkPage = {
  readonly order: Pick<Order, "mode" | "purpose" | "amount" | "currency" | "creditorAccount" | "expiresAt">;
  /** The name of the creditor's bank. */
  readonly bank: string;
  readonly status: "payable" | "paid" | "expired";
  readonly choices: readonly Choice[];
  /** PNG, bare base64. */
  readonly qrCode: string;
};

/** Where the scheme's payers are. */
const TIME_ZONE = "Europe/Kyiv";

const FULL = new Intl.DateTimeFormat("en-GB", {
  timeZone: TIME_ZONE,
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZoneName: "shortOffset",
});

const timeOf = (at: number): Markup => {
  const parts = new Map(FULL.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = `${parts.get("day")} ${parts.get("month")} ${parts.get("year")}`;
  const zone = (parts.get("timeZoneName") ?? "").replace("GMT", "UTC");
  const readable = `${day}, ${parts.get("hour")}:${parts.get("minute")} Kyiv time, ${zone}`;
  return markup`<time datetime="${new Date(at).toISOString()}">${readable}</time>`;
};

const NARROW_NO_BREAK = "\u202f";

/** Hundredths as people write them: "1 500.75 UAH". A narrow screen may break the line before the currency alone. */
const amountText = ({ amount, currency }: Pick<Order, "amount" | "currency">): string => {
  if (amount === null) return `Any amount in ${currency}`;
  return `${decimalOf(amount).replace(/\B(?=(\d{3})+\.)/g, NARROW_NO_BREAK)} ${currency}`;
};

/** Enough to recognise one's own, too little to pay to. */
const SHOWN_CHARACTERS = 4;
const masked = (account: string | null): string => `Account ending in ${(account ?? "").slice(-SHOWN_CHARACTERS)}`;

const documentOf = (title: string, kind: string, body: Markup): string =>
  `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main class="${kind}">
${body}
</main>
</body>
</html>
`.html
  }`;

const termsOf = ({ order, bank, status }: LinkPage): Markup => markup`<dl>
<div><dt>Payee</dt><dd>${masked(order.creditorAccount)}, ${bank}</dd></div>
<div><dt>Purpose</dt><dd>${order.purpose}</dd></div>
<div><dt>${status === "expired" ? "Expired" : "Expires"}</dt><dd>${timeOf(order.expiresAt)}</dd></div>
</dl>`;

const choiceOf = ({ name, href }: Choice): Markup =>
  markup`<li><a href="${href}" rel="noreferrer">${name} <span aria-hidden="true">→</span></a></li>\n`;

const bankChoices = (choices: readonly Choice[]): Markup =>
  choices.length === 0
    ? markup`<p class="quiet">No bank can be opened from here. Scan the code with your bank's app.</p>`
    : markup`<ul class="banks">
${choices.map(choiceOf)}</ul>`;

const qrSection = (qrCode: string): Markup => markup`<section class="scan">
<h2>Or scan</h2>
<p class="code"><img src="data:image/png;base64,${qrCode}" width="232" height="232" alt="QR code with the address of this page"></p>
<p class="quiet">Opens this page on a phone, or the payment in a bank's app.</p>
</section>`;

const STATUSES = {
  payable: { title: "Pay", line: NO_MARKUP },
  paid: {
    title: "Paid",
    line: markup`<p class="status good">This link has been paid. There is nothing left to do.</p>`,
  },
  expired: {
    title: "Expired",
    line: markup`<p class="status bad">This link has expired and cannot be paid any more. Ask the payee for a new one.</p>`,
  },
} as const;

/** Nothing is real there, and a payer must not think so. */
const SANDBOX = markup`<p class="world">Sandbox: no real money moves here.</p>\n`;

export const linkPage = (page: LinkPage): string => {
  const { order, bank, status, choices, qrCode } = page;
  const { title, line } = STATUSES[status];
  const amount = amountText(order);
  const payable = status === "payable";
  const paying = payable
    ? markup`<section class="pay">
<h2>Choose your bank</h2>
${bankChoices(choices)}
</section>
${qrSection(qrCode)}`
    : NO_MARKUP;
  const body = markup`${order.mode === "sandbox" ? SANDBOX : NO_MARKUP}<div class="card">
<section>
<h1>${payable ? "Payment to a client of" : `${title}: payment to a client of`} ${bank}</h1>
<p class="amount">${amount}</p>
${line}
${termsOf(page)}
</section>
${paying}
</div>`;
  return documentOf(`${title}: ${amount} to a client of ${bank}`, status, body);
};

export const unknownPage = (): string =>
  documentOf(
    "Payment link not found",
    "unknown",
    markup`<div class="card">
<h1>There is no such payment link</h1>
<p class="quiet">Check the address, or ask whoever sent it for a new one.</p>
</div>`,
  );
