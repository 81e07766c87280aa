/** Как сделка называется, где бы её ни показывали: состояние, стороны, номер. */
import type { order as en } from "../en/order.ts";

export const order: typeof en = {
  number: ({ id }) => `Сделка ${id}`,
  buying: ({ amount, name }) => `Покупка ${amount}, продаёт ${name}`,
  selling: ({ amount, name }) => `Продажа ${amount}, покупает ${name}`,
  pending: "Ждёт оплаты",
  paid_by_buyer: "Оплата отмечена",
  disputed: "Спор",
  completed: "Завершена",
  cancelled: "Отменена",
  dispute_split: "Разделена",
  claim: "Заявлена оплата",
  payNow: "Оплатите",
  checkBank: "Проверьте свой банк",
  checkClaim: "Пришла ли оплата?",
  waitingFor: ({ name }) => `Ход за другой стороной: ${name}`,
  waitingForOperator: "Ждём оператора",
  buyer: "Покупатель",
  seller: "Продавец",
  operator: "Оператор",
  banks: "Банки",
  clock: "Само собой",
  you: "Вы",
};
