/** `npm run check`: what `npm test` checks before it runs tests. */
import { runChecks } from "./checks.ts";

const { failed } = await runChecks();
process.exit(failed === 0 ? 0 : 1);
