/** What the mail with a link says, in the language of the page that it was asked for on. It holds nothing that others chose. */

export const MAIL_LANGUAGES = ["en", "ru", "uk"] as const;
export type MailLanguage = (typeof MAIL_LANGUAGES)[number];

type Text = { readonly subject: string; readonly text: string };
export type LinkFacts = { readonly link: string; readonly site: string };

const lines = (...all: readonly string[]): string => `${all.join("\n\n")}\n`;

const TEXTS: Readonly<Record<MailLanguage, (facts: LinkFacts) => Text>> = {
  en: ({ link, site }) => ({
    subject: "A new password for Parley",
    text: lines(
      `Somebody asked for a new password for your account at ${site}.`,
      `Set it here. The link works once, for an hour:\n${link}`,
      "It ends all sessions and tokens of the account. Give the link to nobody: nobody of ours will ever ask you for it.",
      "If it was not you, there is nothing to do: your password stays as it is.",
    ),
  }),
  ru: ({ link, site }) => ({
    subject: "Новый пароль для Parley",
    text: lines(
      `Для вашего аккаунта на ${site} запрошен новый пароль.`,
      `Задайте его здесь. Ссылка действует один раз, в течение часа:\n${link}`,
      "После этого закончатся все входы и токены аккаунта. Никому не передавайте ссылку: мы никогда о ней не попросим.",
      "Если это были не вы, делать ничего не нужно: пароль останется прежним.",
    ),
  }),
  uk: ({ link, site }) => ({
    subject: "Новий пароль для Parley",
    text: lines(
      `Для вашого облікового запису на ${site} запитано новий пароль.`,
      `Задайте його тут. Посилання діє один раз, протягом години:\n${link}`,
      "Після цього закінчаться всі входи й токени облікового запису. Нікому не передавайте посилання: ми ніколи про нього не попросимо.",
      "Якщо це були не ви, робити нічого не потрібно: пароль залишиться тим самим.",
    ),
  }),
};

export const linkMail = (language: MailLanguage, facts: LinkFacts): Text => TEXTS[language](facts);
