/** What a maker does to an ad without opening it: shows it, hides it, deletes it. */
import { api } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";

export type NewStatus = { readonly id: number; readonly status: "active" | "paused" };

export const setStatus = ({ id, status }: NewStatus, call: ActCall) =>
  api.put("/p2p/ads/{id}", { path: { id }, body: { status }, ...call });

export const deleteAd = (id: number, call: ActCall) => api.delete("/p2p/ads/{id}", { path: { id }, ...call });
