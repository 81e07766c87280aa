/** The people of the demo market: names, deposits and ads. */
import { numberOf } from "../bank/index.ts";

export type Person = {
  readonly id: string;
  readonly name: string;
  /** Deposited on the host platform, in kopecks. */
  readonly deposit: number;
  readonly ads: readonly Offer[];
};

export type Offer = {
  /** Left out: the currency of balances. */
  readonly currency?: string;
  readonly type: "sell" | "buy";
  readonly rate: number;
  readonly min: number;
  readonly max: number;
  /** What is on offer in all, for as many takers as that is enough for; left out: one largest order. */
  readonly total?: number;
  readonly methods: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly instructions: string;
};

const card = (number: string) => ({ card_number: number });

/** Vera and Oleg are left without ads, to be played; Olga is the operator. */
export const PEOPLE: readonly Person[] = [
  {
    id: "anna",
    name: "Anna",
    deposit: 20_000_000,
    ads: [
      {
        type: "sell",
        rate: 100,
        min: 100_000,
        max: 5_000_000,
        methods: ["card", "bank_transfer"],
        details: card("2200 0000 0000 1111"),
        instructions: "Please name the order in the transfer's comment.",
      },
      {
        type: "buy",
        rate: 98,
        min: 50_000,
        max: 3_000_000,
        methods: ["card"],
        details: {},
        instructions: "I pay within ten minutes.",
      },
    ],
  },
  {
    id: "boris",
    name: "Boris",
    deposit: 50_000_000,
    ads: [
      {
        type: "sell",
        rate: 101,
        min: 500_000,
        max: 20_000_000,
        total: 50_000_000,
        methods: ["bank_transfer"],
        details: { account: "40817810000000000001", bank: "Sample Bank" },
        instructions: "Transfers from your own account only.",
      },
    ],
  },
  {
    id: "daria",
    name: "Daria",
    deposit: 8_000_000,
    ads: [
      {
        type: "sell",
        rate: 99,
        min: 10_000,
        max: 500_000,
        total: 8_000_000,
        methods: ["card", "sbp"],
        details: { ...card("2200 0000 0000 2222"), phone: "+7 900 000 00 00" },
        instructions: "",
      },
      {
        type: "buy",
        rate: 100,
        min: 100_000,
        max: 2_000_000,
        total: 20_000_000,
        methods: ["card", "sbp"],
        details: {},
        instructions: "",
      },
    ],
  },
  {
    id: "oksana",
    name: "Oksana",
    deposit: 30_000_000,
    ads: [
      {
        currency: "UAH",
        type: "sell",
        rate: 46,
        min: 50_000,
        max: 5_000_000,
        total: 30_000_000,
        methods: ["rail"],
        details: { phone: numberOf("02") },
        instructions: "Pay from your bank's app: the banks confirm it, and the escrow is released by itself.",
      },
    ],
  },
  { id: "vera", name: "Vera", deposit: 500_000, ads: [] },
  { id: "oleg", name: "Oleg", deposit: 1_000_000, ads: [] },
  { id: "igor", name: "Igor", deposit: 300_000, ads: [] },
  { id: "olga", name: "Olga", deposit: 0, ads: [] },
];

/** Whom everybody may be by a click, and what they are there for. */
export const DEMO_LOGINS = [
  { id: "vera", name: "Vera", part: "buyer", roles: [] },
  { id: "anna", name: "Anna", part: "seller", roles: [] },
  { id: "olga", name: "Olga", part: "operator", roles: ["operator", "rail_operator", "platform"] },
] as const;

/** A trade that went before: who answered whose sell ad, and what both thought of it. */
export type Trade = {
  readonly taker: string;
  readonly maker: string;
  readonly amount: number;
  readonly method: string;
  readonly lines: readonly { readonly from: "taker" | "maker"; readonly text: string }[];
  /** What the taker gave the maker, and the other way round; null leaves the order disputed. */
  readonly stars: readonly [number, number] | null;
};

export const TRADES: readonly Trade[] = [
  {
    taker: "vera",
    maker: "anna",
    amount: 250_000,
    method: "card",
    lines: [
      { from: "taker", text: "Hello! Sending it from my card ending 4411." },
      { from: "maker", text: "Hello, I am here." },
    ],
    stars: [5, 5],
  },
  { taker: "oleg", maker: "anna", amount: 400_000, method: "bank_transfer", lines: [], stars: [4, 5] },
  {
    taker: "igor",
    maker: "boris",
    amount: 1_500_000,
    method: "bank_transfer",
    lines: [{ from: "maker", text: "Received, thank you." }],
    stars: [5, 4],
  },
  { taker: "vera", maker: "daria", amount: 120_000, method: "card", lines: [], stars: [3, 5] },
  {
    taker: "igor",
    maker: "anna",
    amount: 300_000,
    method: "card",
    lines: [
      { from: "taker", text: "I have paid two hours ago, please look." },
      { from: "maker", text: "Nothing has come in from you." },
    ],
    stars: null,
  },
];
