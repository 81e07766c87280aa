/** The pages of the console, and who may open each. */
import type { Words } from "../../locales/index.ts";

type OperatorWords = Words["operator"];

export type StaffRole = "operator" | "rail_operator" | "platform";

export const PAGES = [
  { to: "/operator/disputes", word: ({ disputes }: OperatorWords) => disputes, roles: ["operator"] },
  { to: "/operator/people", word: ({ people }: OperatorWords) => people, roles: ["operator"] },
  { to: "/operator/rail", word: ({ rail }: OperatorWords) => rail, roles: ["operator", "rail_operator"] },
  { to: "/operator/ledger", word: ({ ledger }: OperatorWords) => ledger, roles: ["operator"] },
  { to: "/operator/money", word: ({ money }: OperatorWords) => money, roles: ["platform"] },
] as const satisfies readonly {
  readonly to: string;
  readonly word: (words: OperatorWords) => string;
  readonly roles: readonly StaffRole[];
}[];

export const isStaff = (roles: readonly string[]): boolean =>
  PAGES.some(({ roles: allowed }) => allowed.some((role) => roles.includes(role)));
