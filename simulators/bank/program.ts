/** A bank that runs: its address for the rail, its controls for whoever sits here. */
import type { PrivateKey } from "../../src/jws/index.ts";
import { APP_PATH } from "./app.ts";
import { type Bank, createBank } from "./bank.ts";
import { type Answer, type Call, type Client, createClient, type Profile } from "./client.ts";
import { createControl } from "./control.ts";
import { createEvents, type Events } from "./events.ts";
import { type HttpRequest, type Listener, listen, type Reply, refusal } from "./listen.ts";
import { createVerifier, type Verify } from "./verify.ts";

export type BankProgram = {
  readonly name: string;
  readonly guid: string;
  readonly code: string;
  readonly profile: Profile;
  readonly key: PrivateKey;
  /** Without a slash at its end. */
  readonly railUrl: string;
  readonly audience: string;
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  readonly controlPort: number;
  /** As it was registered, without a slash at its end; its own address unless there is a proxy before it. */
  readonly callbackUrl?: string;
  readonly log: (line: string) => void;
  readonly onCall?: (call: Call, answer: Answer) => void;
};

export type RunningBank = {
  /** Where it listens for the rail. */
  readonly address: string;
  readonly controlAddress: string;
  /** Where its clients are sent to pay a link. */
  readonly appUrl: string;
  readonly client: Client;
  readonly bank: Bank;
  readonly events: Events;
  stop(): Promise<void>;
};

/** Controls are for this machine, wherever the rail calls. */
const CONTROL_HOST = "127.0.0.1";

export const startBank = async (program: BankProgram): Promise<RunningBank> => {
  const { name, code, host, port, controlPort, railUrl } = program;
  const log = (line: string) => program.log(`${name}: ${line}`);
  const stopping = new AbortController();
  const events = createEvents();
  const client = createClient(program);
  const bank = createBank({ name, code, client, events, log, stopping: stopping.signal });
  const onFault = (error: unknown) => log(`fault: ${error instanceof Error ? error.message : String(error)}`);
  const open: Listener[] = [];
  const stop = async () => {
    stopping.abort();
    events.close();
    await Promise.all(open.map((listener) => listener.stop()));
  };
  try {
    const calledAt = () => program.callbackUrl ?? front.address;
    const forRail = answerRail({ bank, verify: createVerifier({ railUrl, guid: program.guid }), calledAt, log });
    const front: Listener = await listen({ host, port }, forRail, onFault);
    open.push(front);
    const control = createControl({ name, code, client, bank, events, address: () => back.address, log });
    const back: Listener = await listen({ host: CONTROL_HOST, port: controlPort }, control, onFault);
    open.push(back);
    const addresses = { address: front.address, controlAddress: back.address, appUrl: `${back.address}${APP_PATH}` };
    return { ...addresses, client, bank, events, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

type RailSide = {
  readonly bank: Bank;
  readonly verify: Verify;
  readonly calledAt: () => string;
  readonly log: (line: string) => void;
};

/** Nothing is done that the rail has not signed. */
const answerRail =
  ({ bank, verify, calledAt, log }: RailSide) =>
  async ({ method, path, body }: HttpRequest): Promise<Reply> => {
    if (method !== "POST") return NOTHING_HERE;
    const verified = await verify(body, `${calledAt()}${path}`);
    if ("payload" in verified) return (await bank.handle(path, verified.payload)) ?? NOTHING_HERE;
    log(`refused a call: ${verified.fault}`);
    return refusal(401, "AUTHORIZATION_FAILED", "Not signed by the rail.");
  };

const NOTHING_HERE = refusal(404, "NOT_FOUND", "There is nothing here.");
