/** What an operator may set of mail: the server that it goes through, and whom it comes from. */
import type { MailSettings } from "./identity/index.ts";

/** The part of the configuration's reader that is needed here. */
type Read = { text(name: string): string | null; fault(sentence: string): void };

type Installation = {
  /** Whether others than this machine come here, by an address that is not said. */
  readonly isNameless: boolean;
  readonly isLoopback: (host: string) => boolean;
};

/** As it stands in a header. */
const ADDRESS = /^[!-~]{1,64}@[a-zA-Z0-9.[\]:-]{1,189}$/;

/** Null: no mail is sent. */
export const readMail = (read: Read, { isNameless, isLoopback }: Installation): MailSettings | null => {
  const [url, from] = [read.text("SMTP_URL"), read.text("MAIL_FROM")];
  if (url === null && from === null) return null;
  if (url === null) read.fault("MAIL_FROM is set without SMTP_URL; allowed is both, or none");
  else if (!URL.canParse(url) || !["smtp:", "smtps:"].includes(new URL(url).protocol))
    // Not the value itself: it holds a password.
    read.fault("SMTP_URL is not a URL; allowed are those that start with smtp:// or smtps://");
  if (from === null)
    read.fault("SMTP_URL is set without MAIL_FROM; allowed is both, such as MAIL_FROM=no-reply@parley.example");
  else if (!ADDRESS.test(from))
    read.fault(`MAIL_FROM is "${from}"; allowed is an address such as no-reply@parley.example`);
  if (isNameless) read.fault("SMTP_URL is set without PUBLIC_URL; allowed is both: links in mails lead there");
  if (url === null || from === null || !URL.canParse(url)) return null;
  return { url, from, isLoopback: isLoopback(new URL(url).hostname) };
};
