/** Провідник першою угодою, у демо. Цитує слова самих сторінок. */
import type { firstTrade as en } from "../en/firstTrade.ts";
import { market } from "./market.ts";
import { orderRoom } from "./orderRoom.ts";
import { take } from "./take.ts";

export const firstTrade: typeof en = {
  title: "Ваша перша угода",
  at: ({ step, of, name }) => `Крок ${step} з ${of}: ${name}`,
  done: "– зроблено",
  close: "Закрити підказки",
  chooseName: "оберіть оголошення",
  startName: "почніть угоду",
  payName: "оплатіть",
  waitName: "зачекайте",
  releaseName: "відпустіть суму",
  rateName: "оцініть",
  finishedTitle: "Вашу першу угоду завершено",
  chooseBuy: `Тут немає нічого справжнього. Натисніть «${market.openBuy}» біля оголошення з позначкою «${market.simulated}».`,
  chooseSell: `Тут немає нічого справжнього. Натисніть «${market.openSell}» біля оголошення з позначкою «${market.simulated}».`,
  startBuy: `Натисніть «${take.min}» для найменшої суми, оберіть спосіб оплати й натисніть «${take.start}».`,
  startSell: `Натисніть «${take.min}» для найменшої суми, вигадайте номер картки й натисніть «${take.start}».`,
  pay: `Тут ви заплатили б у застосунку банку. Гроші не справжні, платити не треба: натисніть «${orderRoom.paidButton({ amount: "…" })}», поставте позначку й підтвердьте.`,
  waitBuy: ({ name }) => `${name} перевіряє рахунок і відпускає суму: кілька секунд.`,
  waitSell: ({ name }) => `${name} платить і повідомляє про це: кілька секунд.`,
  waitPerson: ({ name }) => `${name} тут людина: відповість той, хто ввійде під цим ім'ям в іншому вікні.`,
  release: `Тут ви подивилися б у застосунок банку. Гроші не справжні: натисніть «${orderRoom.releaseButton({ amount: "…" })}», поставте всі три позначки й підтвердьте.`,
  rate: ({ name }) => `Суму передано. Поставте зірки (${name}) і натисніть «${orderRoom.rateSend}».`,
  finished: "Це була ціла угода. Щоб побути іншою стороною, відкрийте друге вікно й увійдіть там кимось іншим.",
  disputed: "Тепер вирішує оператор. В іншому вікні ним можете бути ви: Ольга.",
  toOrder: "До угоди",
  toBuy: "До оголошень, де можна купити",
  toSell: "До оголошень, де можна продати",
};
