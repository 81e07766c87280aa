/** What makers are told of their ads. */
import type { Event } from "../../engine/index.ts";
import type { Ad } from "../tables/index.ts";

export const adUpdated = (ad: Ad): Event => ({
  type: "ad.updated",
  to: [ad.makerId],
  data: { ad_id: ad.id, status: ad.status, version: ad.version },
});
