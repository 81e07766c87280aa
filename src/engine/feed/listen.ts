/** Listens for the notifications that nodes send when they have committed events. */
import pg from "pg";
import { SECOND } from "../../kernel/index.ts";

const RECONNECT_MS = SECOND;

type Options = {
  readonly connectionString: string;
  readonly channel: string;
  readonly onNotice: () => void;
  readonly onFailure: (error: unknown) => void;
};

/** A connection that only listens, made again when it is lost. Each new one counts as a notice. */
export const listenTo = ({ connectionString, channel, onNotice, onFailure }: Options): { close(): Promise<void> } => {
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const again = (error: unknown) => {
    if (closed || retry !== undefined) return;
    onFailure(error);
    retry = setTimeout(() => {
      retry = undefined;
      void connect();
    }, RECONNECT_MS);
  };

  const connect = async () => {
    const fresh = new pg.Client({ connectionString, application_name: "parley feed" });
    client = fresh;
    fresh.on("error", again);
    fresh.on("end", () => again(new Error("the feed's connection ended")));
    fresh.on("notification", onNotice);
    await fresh
      .connect()
      .then(() => fresh.query(`listen ${channel}`))
      .then(onNotice)
      .catch(again);
  };

  void connect();
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => {});
    },
  };
};
