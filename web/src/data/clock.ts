/** The server's time on this page: learnt from every order that comes in. */
import { createServerClock } from "../kernel/time.ts";

export const serverClock = createServerClock();
