/** The search for a receiver: what the banks that were asked answer. */
export { type Answered, type AnswerSearch, answerSearch } from "./answer-search.ts";
export { CREDITOR_LINKED_REFUSALS, type CreditorLinkedDeps, parseCreditorLinked } from "./creditor-linked.ts";
export { type RefusedAsk, refuseAsk } from "./refuse-ask.ts";
