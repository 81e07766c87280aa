/** A real mail server on this machine: what it is given is kept, and it may be told to take nothing. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export type Received = { readonly to: readonly string[]; readonly from: string; readonly raw: string };

export type Mailbox = {
  /** For `SMTP_URL`. */
  readonly url: string;
  readonly mails: readonly Received[];
  /** Refuses each of the next so many mails, in words that name whom they are for. */
  refuse(count: number): void;
  /** How many it was offered, refused ones too. */
  offered(): number;
  close(): Promise<void>;
};

const USER = "parley";
const PASSWORD = "of the mail server";

export const openMailbox = async (): Promise<Mailbox> => {
  const mails: Received[] = [];
  let refusals = 0;
  let offered = 0;
  const server = new SMTPServer({
    // Only on this machine: nothing is sent in the clear elsewhere.
    disabledCommands: ["STARTTLS"],
    authMethods: ["PLAIN"],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === USER && password === PASSWORD) done(null, { user: USER });
      else done(new Error("wrong user or password"));
    },
    onData(stream, session, done) {
      offered++;
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        if (refusals > 0) {
          refusals--;
          done(Object.assign(new Error(`no mail for ${to} now`), { responseCode: 451 }));
          return;
        }
        const from = session.envelope.mailFrom;
        mails.push({ to, from: from === false ? "" : from.address, raw: Buffer.concat(chunks).toString("utf8") });
        done();
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    mails,
    refuse(count) {
      refusals = count;
    },
    offered: () => offered,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

/** The text of a mail, whatever its encoding on the way. */
export const textOf = ({ raw }: Received): string => {
  const [head = "", ...rest] = raw.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");
  if (/^content-transfer-encoding: base64/im.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/^content-transfer-encoding: quoted-printable/im.test(head)) return body;
  const bytes = body
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
};
