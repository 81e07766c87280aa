/** A node that stops itself in the middle of a batch, once: after the load, before the commit. Run as a process. */
import { createExecutor, createPostgresStore, Unavailable } from "../../src/engine/index.ts";
import { claimOf, spend } from "./lab.ts";

const [url = "", id = ""] = process.argv.slice(2);
const store = createPostgresStore({ connectionString: url, schema: "lab", applicationName: "stopped node" });
const executor = createExecutor({ store, keeps: () => true });
let stops = 1;
const stopping: typeof spend = {
  ...spend,
  decide(state, input, moment) {
    if (stops-- > 0) process.kill(process.pid, "SIGSTOP");
    return spend.decide(state, input, moment);
  },
};

const attempt = () =>
  executor.submit(stopping, { id, amount: 100n }, { caller: "child", claims: [claimOf("the child's")] }).then(
    ({ outcome, replayed }) => ({ outcome, replayed }),
    (error) => ({ code: error instanceof Unavailable ? error.code : `${error}` }),
  );
console.log(JSON.stringify({ first: await attempt(), second: await attempt() }));
await executor.drain();
await store.close();
