/** The public page of a link order, for people. */
import type { FastifyReply } from "fastify";
import type { RailDeps } from "../deps.ts";
import { pageUrl } from "../orders/index.ts";
import { parseGuid } from "../parsers/index.ts";
import { qrCode } from "../qr/index.ts";
import { choicesOf, findLink, type PublicLink } from "./links.ts";
import { linkPage, unknownPage } from "./page.ts";
import { STYLE_HASH } from "./style.ts";

/** Its own style and its own picture; no script, no form, no other host. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src '${STYLE_HASH}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A link counts as paid as soon as a payment took it, even after its deadline. */
const statusOf = ({ paid, order, state }: PublicLink, now: number) => {
  if (paid) return "paid";
  return now >= order.expiresAt || state.statusReason === "EXPIRED" ? "expired" : "payable";
};

const sendPage = (reply: FastifyReply, status: number, html: string): FastifyReply =>
  reply
    .code(status)
    .headers({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "cache-control": "no-store",
    })
    .send(html);

export const registerPageRoutes = ({ server, pool, directory, publicUrl }: RailDeps): void => {
  server.get("/pay/:guid", { config: { access: "open" }, schema: { hide: true } }, async (request, reply) => {
    const guid = parseGuid(Reflect.get(request.params as object, "guid"));
    const link = guid === null ? null : await findLink(pool, guid);
    if (link === null) return sendPage(reply, 404, unknownPage());
    const { order } = link;
    const html = linkPage({
      order,
      bank: directory.participant(order.participantGuid)?.name ?? "",
      status: statusOf(link, Date.now()),
      choices: choicesOf(directory.active(order.mode), order.guid),
      qrCode: await qrCode(pageUrl(publicUrl(), order.guid)),
    });
    return sendPage(reply, 200, html);
  });
};
