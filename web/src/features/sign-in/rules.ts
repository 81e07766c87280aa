/** What of a form can be said before the server is asked. The server decides. */

const LOGIN = /^(?:[a-z0-9_.-]{3,32}|[^\s@]{1,64}@[^\s@]{1,189})$/i;
const SHORTEST = 10;

export const isLogin = (text: string): boolean => LOGIN.test(text.trim());

/** How many characters a password lacks. */
export const lacking = (password: string): number => Math.max(0, SHORTEST - [...password].length);
