/** The search for a receiver: what the banks that were asked answer, and what their silence means. */
export { type Answered, type AnswerSearch, answerSearch } from "./answer-search.ts";
export {
  CREDITOR_LINKED_REFUSALS,
  CreditorLinkedAnswer,
  type CreditorLinkedDeps,
  parseCreditorLinked,
} from "./creditor-linked.ts";
export { createAskEnder, searchDeadlinesIn } from "./due.ts";
export { type EndAsk, endAsk } from "./end-ask.ts";
export { meetSearchDeadline, type SearchDue } from "./meet-deadline.ts";
export { type SettleAsk, settleAsk } from "./settle-ask.ts";
