/** Ads, as the contract has them. */
import type { CreateAd, DeleteAd, EditAd, GivenTerms, Terms } from "./requests.ts";
import { type Ad, type Answer, activeAd, availableOf, heldBy, isStopped, remainingOf, type World } from "./world.ts";

const shown = (world: World, ad: Ad): Answer => ({
  facts: {
    type: ad.type,
    status: ad.status,
    version: ad.version,
    min_amount: ad.terms.min,
    max_amount: ad.terms.max,
    total_amount: ad.terms.total ?? ad.terms.max,
    remaining_amount: remainingOf(world, ad),
    available_amount: availableOf(world, ad),
  },
});

const isValid = (type: string, { min, max, total, details }: Terms, held: number): boolean =>
  min <= max && (total ?? max) >= Math.max(min, held) && (type === "buy" || details !== null);

/** What is new must be within the installation's bounds. */
const isBounded = ({ rules }: World, { min, rate }: Terms, before: Terms | null): boolean =>
  (min === before?.min || min >= rules.minOrder) &&
  (rate === before?.rate || (rate >= rules.rates.min && rate <= rules.rates.max));

export const create = (world: World, { who, type, terms }: CreateAd): Answer => {
  if (isStopped(world, who)) return { code: "TRADER_SUSPENDED" };
  if (!isValid(type, terms, 0) || !isBounded(world, terms, null)) return { code: "VALIDATION_ERROR" };
  if (activeAd(world, who, type)) return { code: "DUPLICATE_AD_TYPE" };
  const ad: Ad = { handle: world.ads.length, maker: who, type, terms, status: "active", version: 1, released: 0 };
  world.ads.push(ad);
  return shown(world, ad);
};

/** Somebody's own ad, or what is answered instead. */
const own = (world: World, who: string, handle: number): Ad | Answer => {
  const ad = world.ads[handle];
  if (ad === undefined || ad.status === "deleted") return { code: "AD_NOT_FOUND" };
  return ad.maker === who ? ad : { code: "FORBIDDEN" };
};

/** What stands for the total as the ad shows it. */
const totalOf = ({ total, max }: Terms): number => total ?? max;

/** The maximum goes on standing for the total where both are sent as they were shown. */
const merged = (terms: Terms, given: GivenTerms): Terms => {
  const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const next = { ...terms, ...sent } as Terms;
  return terms.total === null && given.total === terms.max && next.max === terms.max ? { ...next, total: null } : next;
};

export const edit = (world: World, request: EditAd): Answer => {
  const ad = own(world, request.who, request.ad);
  if (!("handle" in ad)) return ad;
  if (request.status !== "paused" && isStopped(world, ad.maker)) return { code: "TRADER_SUSPENDED" };
  if (request.type !== undefined && request.type !== ad.type) return { code: "VALIDATION_ERROR" };
  const terms = merged(ad.terms, request.terms);
  const held = heldBy(world, (order) => order.ad === ad);
  if (!isValid(ad.type, terms, held) || !isBounded(world, terms, ad.terms)) return { code: "VALIDATION_ERROR" };
  const active = activeAd(world, ad.maker, ad.type);
  if (request.status === "active" && active !== undefined && active !== ad) return { code: "DUPLICATE_AD_TYPE" };

  if (totalOf(terms) !== totalOf(ad.terms)) ad.released = 0;
  if (JSON.stringify(terms) !== JSON.stringify(ad.terms)) ad.version++;
  ad.terms = terms;
  ad.status = request.status ?? ad.status;
  return shown(world, ad);
};

export const remove = (world: World, { who, ad: handle }: DeleteAd): Answer => {
  const ad = own(world, who, handle);
  if (!("handle" in ad)) return ad;
  ad.status = "deleted";
  return { facts: null };
};
