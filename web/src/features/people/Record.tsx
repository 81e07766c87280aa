/** How somebody trades, in words: what nothing is known of has no figure. */
import type { Profile } from "../../data/types.ts";
import { Rows } from "../../ui/Copy.tsx";
import { useWords } from "../../ui/words.ts";

/** A median of seconds says more in minutes than it knows. */
const minutes = (seconds: number): string => String(Math.max(1, Math.round(seconds / 60)));

export const Record = ({ person }: { readonly person: Profile }) => {
  const profile = useWords("profile");
  const { completion_rate_30d: rate, median_release_seconds: release, median_pay_seconds: pay } = person;
  return (
    <Rows
      rows={[
        { label: profile.completed, value: rate === null ? profile.none : `${Math.floor(rate * 100)}\u00a0%` },
        { label: profile.orders, value: String(person.orders_count) },
        { label: profile.partners, value: String(person.partners_count) },
        {
          label: profile.release,
          value: release === null ? profile.none : profile.usuallyReleases({ n: minutes(release) }),
        },
        { label: profile.pay, value: pay === null ? profile.none : profile.usuallyPays({ n: minutes(pay) }) },
      ]}
    />
  );
};
