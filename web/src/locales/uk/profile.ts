/** Відкрита сторінка людини. */
import type { profile as en } from "../en/profile.ts";
import { plural } from "./plural.ts";

export const profile: typeof en = {
  own: "Це ваша відкрита сторінка, якою її бачать інші.",
  since: ({ day }) => `Тут з ${day}`,
  traded: ({ n }) =>
    plural(n, {
      one: "У вас була # спільна угода",
      few: "У вас було # спільні угоди",
      many: "У вас було # спільних угод",
      other: "У вас було # спільної угоди",
    }),
  neverTraded: "Спільних угод у вас ще не було",
  record: "Історія",
  completed: "Завершено за 30 днів",
  orders: "Угоди",
  partners: "Різних людей",
  rating: "Оцінка",
  release: "Відпускає",
  usuallyReleases: ({ n }) => `зазвичай за ${n} хв`,
  pay: "Платить",
  usuallyPays: ({ n }) => `зазвичай за ${n} хв`,
  none: "поки нічого",
  isNew: "Тут уперше",
  isNewText: "Так мало угод майже нічого не кажуть про людину. Почніть із невеликої суми.",
  ads: "На ринку",
  noAds: "Зараз на ринку оголошень немає.",
  reviews: "Що кажуть інші",
  noReviews: "Відгуків ще немає.",
  notFound: "Такої людини немає",
  notFoundText: "В адресі може бути помилка.",
  toMarket: "На ринок",
};
