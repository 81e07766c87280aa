/** Як угода називається, де б її не показували: стан, сторони, номер. */
import type { order as en } from "../en/order.ts";

export const order: typeof en = {
  number: ({ id }) => `Угода ${id}`,
  buying: ({ amount, name }) => `Купівля ${amount}, продає ${name}`,
  selling: ({ amount, name }) => `Продаж ${amount}, купує ${name}`,
  pending: "Чекає на оплату",
  paid_by_buyer: "Оплату позначено",
  disputed: "Спір",
  completed: "Завершено",
  cancelled: "Скасовано",
  dispute_split: "Поділено",
  claim: "Заявлено оплату",
  payNow: "Сплатіть",
  checkBank: "Перевірте свій банк",
  checkClaim: "Чи надійшла оплата?",
  waitingFor: ({ name }) => `Хід за іншою стороною: ${name}`,
  waitingForOperator: "Чекаємо на оператора",
  buyer: "Покупець",
  seller: "Продавець",
  operator: "Оператор",
  banks: "Банки",
  clock: "Само собою",
  you: "Ви",
};
