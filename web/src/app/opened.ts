/**
 * What people open by its address, and what that needs besides what every page needs: known to the first file, which asks for
 * it while the code is on its way, and to the router, which waits for it.
 */

/** `/orders/7` */
export const orderAt = (path: string): number | null => {
  const id = /^\/orders\/(\d{1,15})$/.exec(path)?.[1];
  return id === undefined ? null : Number(id);
};

export const ORDER_WORDS = ["orderRoom", "chat", "security", "notices"] as const;
export const GUIDE_WORDS = "firstTrade";
