/**
 * The words by language and subject. English is the type: a message or plural form that another language lacks does not
 * compile. What every page says is one chunk of a language, loaded first; the words of a subject come with the pages that
 * name it in `app/router.tsx`.
 */
import type { Language } from "../kernel/i18n.ts";
import type * as english from "./en/index.ts";

export type Catalogue = typeof english;

const LOADERS: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: () => import("./en/index.ts"),
  ru: () => import("./ru/index.ts"),
  uk: () => import("./uk/index.ts"),
};

const inEach = <English>(loaders: Readonly<Record<Language, () => Promise<English>>>) => loaders;

/** The subjects that come with their pages. A file exports its words under the name of its subject. */
const SUBJECTS = {
  adEditor: inEach<typeof import("./en/adEditor.ts")>({
    en: () => import("./en/adEditor.ts"),
    ru: () => import("./ru/adEditor.ts"),
    uk: () => import("./uk/adEditor.ts"),
  }),
  chat: inEach<typeof import("./en/chat.ts")>({
    en: () => import("./en/chat.ts"),
    ru: () => import("./ru/chat.ts"),
    uk: () => import("./uk/chat.ts"),
  }),
  firstTrade: inEach<typeof import("./en/firstTrade.ts")>({
    en: () => import("./en/firstTrade.ts"),
    ru: () => import("./ru/firstTrade.ts"),
    uk: () => import("./uk/firstTrade.ts"),
  }),
  myAds: inEach<typeof import("./en/myAds.ts")>({
    en: () => import("./en/myAds.ts"),
    ru: () => import("./ru/myAds.ts"),
    uk: () => import("./uk/myAds.ts"),
  }),
  notices: inEach<typeof import("./en/notices.ts")>({
    en: () => import("./en/notices.ts"),
    ru: () => import("./ru/notices.ts"),
    uk: () => import("./uk/notices.ts"),
  }),
  help: inEach<typeof import("./en/help.ts")>({
    en: () => import("./en/help.ts"),
    ru: () => import("./ru/help.ts"),
    uk: () => import("./uk/help.ts"),
  }),
  operator: inEach<typeof import("./en/operator.ts")>({
    en: () => import("./en/operator.ts"),
    ru: () => import("./ru/operator.ts"),
    uk: () => import("./uk/operator.ts"),
  }),
  operatorMoney: inEach<typeof import("./en/operatorMoney.ts")>({
    en: () => import("./en/operatorMoney.ts"),
    ru: () => import("./ru/operatorMoney.ts"),
    uk: () => import("./uk/operatorMoney.ts"),
  }),
  operatorPeople: inEach<typeof import("./en/operatorPeople.ts")>({
    en: () => import("./en/operatorPeople.ts"),
    ru: () => import("./ru/operatorPeople.ts"),
    uk: () => import("./uk/operatorPeople.ts"),
  }),
  operatorRail: inEach<typeof import("./en/operatorRail.ts")>({
    en: () => import("./en/operatorRail.ts"),
    ru: () => import("./ru/operatorRail.ts"),
    uk: () => import("./uk/operatorRail.ts"),
  }),
  orderRoom: inEach<typeof import("./en/orderRoom.ts")>({
    en: () => import("./en/orderRoom.ts"),
    ru: () => import("./ru/orderRoom.ts"),
    uk: () => import("./uk/orderRoom.ts"),
  }),
  people: inEach<typeof import("./en/people.ts")>({
    en: () => import("./en/people.ts"),
    ru: () => import("./ru/people.ts"),
    uk: () => import("./uk/people.ts"),
  }),
  security: inEach<typeof import("./en/security.ts")>({
    en: () => import("./en/security.ts"),
    ru: () => import("./ru/security.ts"),
    uk: () => import("./uk/security.ts"),
  }),
  profile: inEach<typeof import("./en/profile.ts")>({
    en: () => import("./en/profile.ts"),
    ru: () => import("./ru/profile.ts"),
    uk: () => import("./uk/profile.ts"),
  }),
  take: inEach<typeof import("./en/take.ts")>({
    en: () => import("./en/take.ts"),
    ru: () => import("./ru/take.ts"),
    uk: () => import("./uk/take.ts"),
  }),
  tokens: inEach<typeof import("./en/tokens.ts")>({
    en: () => import("./en/tokens.ts"),
    ru: () => import("./ru/tokens.ts"),
    uk: () => import("./uk/tokens.ts"),
  }),
  wallet: inEach<typeof import("./en/wallet.ts")>({
    en: () => import("./en/wallet.ts"),
    ru: () => import("./ru/wallet.ts"),
    uk: () => import("./uk/wallet.ts"),
  }),
};

export type Subject = keyof typeof SUBJECTS;
export const ALL_SUBJECTS = Object.keys(SUBJECTS) as readonly Subject[];
type Module<Of extends Subject> = Awaited<ReturnType<(typeof SUBJECTS)[Of][Language]>>;
export type Words = { readonly [Of in Subject]: Of extends keyof Module<Of> ? Module<Of>[Of] : never };

const loading = new Map<string, Promise<unknown>>();

/**
 * One promise for each subject of a language, always the same one, so that a page may `use` it on every render; once it is
 * there it bears what React looks for, and nobody waits. A load that failed is tried again by the next who asks.
 */
export const loadWords = <Of extends Subject>(language: Language, subject: Of): Promise<Words[Of]> => {
  const key = `${language}/${subject}`;
  const known = loading.get(key);
  if (known !== undefined) return known as Promise<Words[Of]>;
  const promise = SUBJECTS[subject][language]().then((module): unknown => Reflect.get(module, subject));
  promise.then(
    (value) => Object.assign(promise, { status: "fulfilled", value }),
    () => loading.delete(key),
  );
  loading.set(key, promise);
  return promise as Promise<Words[Of]>;
};

/** What every page says, and whatever subjects are in use: a page that is open changes its language at once. */
export const loadCatalogue = async (language: Language): Promise<Catalogue> => {
  const used = ALL_SUBJECTS.filter((subject) => [...loading.keys()].some((key) => key.endsWith(`/${subject}`)));
  const [catalogue] = await Promise.all([LOADERS[language](), ...used.map((subject) => loadWords(language, subject))]);
  return catalogue;
};
