/**
 * Accounts and the transfers between them. A transfer moves one positive amount from one account to another, so that
 * the books balance by construction; it is only ever added, with both balances after it.
 */
import { column, defineJournal, defineTable, type Ref, type RowOf, type State, type Write } from "../engine/index.ts";
import { type Amount, type Instant, minus, type OrderId, plus, ZERO } from "../kernel/index.ts";

/**
 * `available/<trader>` has a row of its own. `escrow/<order>` is kept on the order's row, and whoever moves its money
 * brings its balance along. System accounts have no row and are never locked: the audit folds them.
 */
export type AccountId = string & { readonly account: true };

export const PLATFORM = "platform" as AccountId;

const SYSTEM: ReadonlySet<AccountId> = new Set([PLATFORM]);

export const TRANSFER_KINDS = [
  "escrow_hold",
  "escrow_release",
  "escrow_refund",
  "claim_honoured",
  "claim_compensated",
  "debt_payment",
  "deposit",
  "bonus",
  "adjustment",
  "withdrawal",
  "deposit_reversal",
] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

export type Movement = {
  readonly from: AccountId;
  readonly to: AccountId;
  readonly amount: Amount;
  readonly kind: TransferKind;
  readonly orderId?: OrderId;
  readonly externalId?: string;
};

const AVAILABLE = "available/";

export const availableAccount = (trader: string): AccountId => `${AVAILABLE}${trader}` as AccountId;

/** @param id of an account with a row of its own */
export const ownerOf = (id: AccountId): string => id.slice(AVAILABLE.length);

/** Filled once and emptied once, so that one order can never pay with another's money. */
export const escrowAccount = (order: number): AccountId => `escrow/${order}` as AccountId;

/** The movements of one command. Balances come from the state, as earlier commands of the batch left them. */
export type Book = {
  balance(id: AccountId): Amount;
  open(id: AccountId, owner: string): void;
  /** An account that another row keeps, such as an order's escrow: its balance now. The caller saves what is left of it. */
  bring(id: AccountId, balance: Amount): void;
  /** Throws when the money is not there: the command checks before, so that this is the last guard. */
  move(movement: Movement): void;
  /** What the movements come to: one write per account with a row, one per transfer. */
  writes(at: Instant): readonly Write[];
};

/** @param gate the row whose lock guards an owner's accounts */
const defineRows = (schema: string, gate: (owner: string) => Ref) => ({
  accounts: defineTable({
    name: `${schema}.accounts`,
    key: ["id"],
    fixed: {
      id: column.text<AccountId>(),
      /** The trader whose gate guards the account. */
      owner: column.text(),
    },
    changing: { balance: column.amount() },
    guardedBy: (account) => [gate(account.owner)],
  }),

  transfers: defineJournal({
    name: `${schema}.transfers`,
    columns: {
      at: column.instant(),
      kind: column.text<TransferKind>(),
      fromAccount: column.text<AccountId>(),
      toAccount: column.text<AccountId>(),
      amount: column.amount(),
      /** Balances after the transfer; null for a system account. */
      fromAfter: column.amount().nullable,
      toAfter: column.amount().nullable,
      orderId: column.id<OrderId>().nullable,
      /** The host platform's own id of what caused it. */
      externalId: column.text().nullable,
    },
  }),
});

type Rows = ReturnType<typeof defineRows>;
export type Account = RowOf<Rows["accounts"]>;
export type Transfer = RowOf<Rows["transfers"]>;
export type Ledger = ReturnType<typeof defineLedger>;

/** Accounts, transfers and the book that moves between them, in a schema of their own. */
export const defineLedger = (schema: string, gate: (owner: string) => Ref) => {
  const { accounts, transfers } = defineRows(schema, gate);

  const openBook = (state: State): Book => {
    const brought = new Map<AccountId, Amount>();
    const touched = new Map<AccountId, { readonly row: Account; readonly fresh: boolean }>();
    const moved: Omit<Transfer, "at">[] = [];

    const entry = (id: AccountId) => touched.get(id) ?? { row: state.need(accounts.at(id)), fresh: false };
    const balanceOf = (id: AccountId): Amount => brought.get(id) ?? entry(id).row.balance;

    const change = (id: AccountId, apply: (balance: Amount) => Amount): Amount | null => {
      if (SYSTEM.has(id)) return null;
      const balance = apply(balanceOf(id));
      if (brought.has(id)) brought.set(id, balance);
      else {
        const { row, fresh } = entry(id);
        touched.set(id, { row: { ...row, balance }, fresh });
      }
      return balance;
    };

    return {
      balance: balanceOf,
      open(id, owner) {
        touched.set(id, { row: { id, owner, balance: ZERO }, fresh: true });
      },
      bring(id, balance) {
        brought.set(id, balance);
      },
      move({ from, to, amount, kind, orderId = null, externalId = null }) {
        if (amount <= ZERO || from === to) throw new RangeError(`not a transfer: ${amount} from ${from} to ${to}`);
        const fromAfter = change(from, (balance) => minus(balance, amount));
        const toAfter = change(to, (balance) => plus(balance, amount));
        moved.push({ kind, fromAccount: from, toAccount: to, amount, fromAfter, toAfter, orderId, externalId });
      },
      writes: (at) => [
        ...[...touched.values()].map(({ row, fresh }) => (fresh ? accounts.insert(row) : accounts.update(row))),
        ...moved.map((transfer) => transfers.append({ at, ...transfer })),
      ],
    };
  };

  return { accounts, transfers, openBook };
};
