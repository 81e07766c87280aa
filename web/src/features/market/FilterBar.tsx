/** The filters: in a row on a desk, in a sheet on a phone, where the button says how many ads they leave. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useCurrencies, useMethods } from "../../data/settings.ts";
import { parseAmount } from "../../kernel/money.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { AmountField, SelectField } from "../../ui/Field.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./FilterBar.module.css";
import { type FilterSearch, SORTS, type Sort, withDefaults } from "./filters.ts";
import { countQuery } from "./queries.ts";

type Props = { readonly search: FilterSearch; readonly onChange: (next: FilterSearch) => void };

export const FilterBar = ({ search, onChange }: Props) => {
  const { market } = useText();
  const [open, setOpen] = useState(false);
  const { side, ...filters } = search;
  const isFiltered = Object.keys(filters).length > 0;
  const kept: FilterSearch = side === undefined ? {} : { side };
  return (
    <div data-filters="">
      <div className={css.phone}>
        <AmountFilter search={search} onChange={onChange} />
        <Button icon="filter" onClick={() => setOpen(true)}>
          {market.filters}
        </Button>
      </div>
      <div className={css.desk}>
        <AmountFilter search={search} onChange={onChange} />
        <Selects search={search} onChange={onChange} />
        {isFiltered && (
          <Button kind="quiet" onClick={() => onChange(kept)}>
            {market.clear}
          </Button>
        )}
      </div>
      {open && <FilterSheet search={search} kept={kept} onChange={onChange} onClose={() => setOpen(false)} />}
    </div>
  );
};

const FilterSheet = ({
  search,
  kept,
  onChange,
  onClose,
}: Props & { readonly kept: FilterSearch; readonly onClose: () => void }) => {
  const { market } = useText();
  const { data: found } = useQuery({ ...countQuery(withDefaults(search)), placeholderData: (before) => before });
  return (
    <Dialog
      title={market.filters}
      onClose={onClose}
      side
      actions={
        <>
          <Button kind="quiet" onClick={() => onChange(kept)}>
            {market.clear}
          </Button>
          <Button kind="primary" onClick={onClose}>
            {found === undefined
              ? market.filters
              : found.has_more
                ? market.showMany({ n: found.items.length })
                : market.show({ n: found.items.length })}
          </Button>
        </>
      }
    >
      <AmountFilter search={search} onChange={onChange} />
      <Selects search={search} onChange={onChange} />
    </Dialog>
  );
};

/** So long after the last key the list is asked for. */
const TYPED_MS = 400;

const FAULTS = { third_decimal: "thirdDecimal", not_a_number: "notAnAmount", too_large: "tooLargeAmount" } as const;

const AmountFilter = ({ search, onChange }: Props) => {
  const { common, market } = useText();
  const sign = useMoney().sign(search.currency ?? "RUB");
  const shown = search.amount === undefined ? "" : String(search.amount).replace(".", ",");
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  const { kopecks, fault } = parseAmount(typed);
  const { amount: _, ...rest } = search;

  useEffect(() => {
    if (typed === shown) return;
    if (fault !== undefined && fault !== "empty") return;
    const timer = setTimeout(
      () => onChange(kopecks === undefined || kopecks === 0 ? rest : { ...rest, amount: kopecks / 100 }),
      TYPED_MS,
    );
    return () => clearTimeout(timer);
  });

  return (
    <AmountField
      label={(withDefaults(search).side === "buy" ? market.amountPay : market.amountGet)({ sign })}
      value={typed}
      onChange={setTyped}
      placeholder={market.amountAny}
      error={fault === undefined || fault === "empty" ? undefined : common[FAULTS[fault]]}
      large
      name="amount"
    />
  );
};

const Selects = ({ search, onChange }: Props) => {
  const { market } = useText();
  const methods = useMethods();
  const currencies = useCurrencies();
  const { method, currency, sort = "rating" } = search;
  const { method: _m, ...withoutMethod } = search;
  const { currency: _c, ...withoutCurrency } = search;
  const words: Readonly<Record<Sort, string>> = {
    rating: market.sortRating,
    orders: market.sortOrders,
    price: market.sortPrice,
  };
  return (
    <>
      <SelectField
        label={market.method}
        value={method ?? ""}
        onChange={({ target: { value } }) => onChange(value === "" ? withoutMethod : { ...search, method: value })}
      >
        <option value="">{market.methodAny}</option>
        {methods.all.map(({ id }) => (
          <option key={id} value={id}>
            {methods.label(id)}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={market.sort}
        value={sort}
        onChange={({ target: { value } }) => onChange({ ...search, sort: value as Sort })}
      >
        {Object.keys(SORTS).map((each) => (
          <option key={each} value={each}>
            {words[each as Sort]}
          </option>
        ))}
      </SelectField>
      {currencies.length > 1 && (
        <SelectField
          label={market.currency}
          value={currency ?? currencies[0]}
          onChange={({ target: { value } }) =>
            onChange(value === currencies[0] ? withoutCurrency : { ...search, currency: value })
          }
        >
          {currencies.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </SelectField>
      )}
    </>
  );
};
