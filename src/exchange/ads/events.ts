/** The events that a maker gets about an ad. */
import type { Event } from "../../engine/index.ts";
import { event } from "../events.ts";
import type { Ad } from "../tables/index.ts";

/** @param shown whether the market shows it now */
export const adUpdated = ({ id, makerId, status, version }: Ad, shown: boolean): Event =>
  event("ad.updated", [makerId], { ad_id: id, status, version, shown, by: "maker" });
