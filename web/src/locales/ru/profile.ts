/** Открытая страница человека. */
import type { profile as en } from "../en/profile.ts";
import { plural } from "./plural.ts";

export const profile: typeof en = {
  own: "Это ваша открытая страница, какой её видят другие.",
  since: ({ day }) => `Здесь с ${day}`,
  traded: ({ n }) =>
    plural(n, {
      one: "У вас была # общая сделка",
      few: "У вас было # общие сделки",
      many: "У вас было # общих сделок",
      other: "У вас было # общей сделки",
    }),
  neverTraded: "Общих сделок у вас ещё не было",
  record: "История",
  completed: "Завершено за 30 дней",
  orders: "Сделки",
  partners: "Разных людей",
  rating: "Оценка",
  release: "Отпускает",
  usuallyReleases: ({ n }) => `обычно за ${n} мин`,
  pay: "Платит",
  usuallyPays: ({ n }) => `обычно за ${n} мин`,
  none: "пока ничего",
  isNew: "Здесь впервые",
  isNewText: "Так мало сделок почти ничего не говорят о человеке. Начните с небольшой суммы.",
  ads: "На рынке",
  noAds: "Сейчас на рынке объявлений нет.",
  reviews: "Что говорят другие",
  noReviews: "Отзывов ещё нет.",
  notFound: "Такого человека нет",
  notFoundText: "В адресе может быть опечатка.",
  toMarket: "На рынок",
};
