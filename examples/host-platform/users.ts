/** Who plays at the host's: people of its own, who have no account with Parley and need none. */

export type User = { readonly id: string; readonly name: string };

export const USERS: readonly User[] = [
  { id: "mila", name: "Mila" },
  { id: "taras", name: "Taras" },
];

/** The host's own seller, so that there is something to buy. */
export const SELLER: User = { id: "lilac-desk", name: "Lilac desk" };
