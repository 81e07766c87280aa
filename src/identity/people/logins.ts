/** What somebody signs in with: an e-mail address, or a short name. Capital letters make no other login. */

/** An address's longest form. */
export const MAX_LOGIN = 254;

/** `a-z0-9_.-`, or an address as browsers' own forms take it; in whatever letters it is typed. Linear in the text. */
export const LOGIN_PATTERN =
  "^([A-Za-z0-9_.-]{3,32}|[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){0,8})$";

export const loginOf = (given: string): string => given.toLowerCase();
