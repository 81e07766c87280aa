/** Mail goes out through the installation's own mail server, and never waits for it for long. */
import { createTransport } from "nodemailer";
import { SECOND } from "../../kernel/index.ts";

export type MailSettings = {
  /** Of the server, with user and password. */
  readonly url: string;
  /** An address that mail may come from. */
  readonly from: string;
  /** Whether it may be spoken to in the clear: on this machine. */
  readonly isLoopback: boolean;
};

export type Mail = { readonly to: string; readonly subject: string; readonly text: string };

export type Mailer = {
  /** Resolves when the server has taken it. */
  send(mail: Mail): Promise<void>;
  /** Whether the server lets us in; nothing is sent. @throws where it does not, with why */
  check(): Promise<void>;
};

const TIMEOUTS = {
  connectionTimeout: 5 * SECOND,
  greetingTimeout: 5 * SECOND,
  socketTimeout: 10 * SECOND,
  dnsTimeout: 5 * SECOND,
} as const;

/** What went wrong, without what the server said: it likes to name whom the mail was for. */
const reasonOf = (error: unknown): string => {
  const { code, responseCode } = Object(error) as { readonly code?: unknown; readonly responseCode?: unknown };
  return [code, responseCode].filter((part) => part !== undefined).join(" ") || "unknown";
};

export const createMailer = ({ url, from, isLoopback }: MailSettings): Mailer => {
  const transport = createTransport({
    url,
    ...TIMEOUTS,
    // A link that opens an account is not sent in the clear.
    requireTLS: url.startsWith("smtp:") && !isLoopback,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text }) {
      try {
        // As an object, so that no address is taken for a list of them.
        await transport.sendMail({
          from: { name: "Parley", address: from },
          to: { name: "", address: to },
          subject,
          text,
        });
      } catch (error) {
        throw new Error(`the mail server did not take a mail: ${reasonOf(error)}`);
      }
    },
    async check() {
      try {
        await transport.verify();
      } catch (error) {
        throw new Error(reasonOf(error));
      } finally {
        transport.close();
      }
    },
  };
};
