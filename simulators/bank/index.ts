/**
 * A simulated bank: a made-up participant of the rail with clients that always behave in one way. It knows the rail by
 * HTTP alone, as any bank does, and is what an integration is tried out against.
 */
export { accountOf, masked } from "./accounts.ts";
export { AURORA, BOREALIS, type Conduct, NUMBERS, numberOf } from "./behaviour.ts";
export { type Answer, type Call, type Client, createClient, outcomeOf, type Profile } from "./client.ts";
export type { BankEvent, Events } from "./events.ts";
export { jsonObject, objectMember, parseObject, stringMember } from "./json.ts";
export { type BankProgram, type RunningBank, startBank } from "./program.ts";
