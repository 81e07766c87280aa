/** What of a link order may be shown to whoever has its address, which is anybody. */
import type { Pool } from "pg";
import { type FoundOrder, findAnyOrder } from "../orders/index.ts";
import type { Participant } from "../tables/index.ts";

export type PublicLink = FoundOrder & { readonly paid: boolean };

/** Null also for what is no link: a phone order is its bank's alone, and takes as long to be not found. */
export const findLink = async (pool: Pool, guid: string): Promise<PublicLink | null> => {
  const [found, links] = await Promise.all([
    findAnyOrder(pool, guid),
    pool.query<{ paid: boolean }>({
      name: "rail link",
      text: "select paid_by is not null as paid from rail.links where order_guid = $1",
      values: [guid],
    }),
  ]);
  const [link] = links.rows;
  return found === null || link === undefined ? null : { ...found, paid: link.paid };
};

export type Choice = { readonly name: string; readonly href: string };

/** A bank's own address with the order's guid, as it was registered otherwise. Null: not one to send people to. */
const hrefOf = (deeplinkUrl: string | null, orderGuid: string): string | null => {
  if (deeplinkUrl === null || !URL.canParse(deeplinkUrl)) return null;
  const url = new URL(deeplinkUrl);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  url.search += `${url.search === "" ? "?" : "&"}order_guid=${orderGuid}`;
  return url.href;
};

/** The banks to pay with, by name. */
export const choicesOf = (banks: readonly Participant[], orderGuid: string): readonly Choice[] =>
  banks
    .flatMap(({ name, deeplinkUrl }) => {
      const href = hrefOf(deeplinkUrl, orderGuid);
      return href === null ? [] : [{ name, href }];
    })
    .sort((a, b) => a.name.localeCompare(b.name, "uk"));
