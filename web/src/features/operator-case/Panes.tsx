/** Facts, what happened and the decision: beside each other where there is room, else behind tabs that keep what was written. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Case } from "../../data/types.ts";
import { Tabs, tabClass } from "../../ui/Choice.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { Section } from "../../ui/Page.tsx";
import { useMedia } from "../../ui/useMedia.ts";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { Decision } from "./Decision.tsx";
import { Ended, useMeanwhile } from "./Ended.tsx";
import { Facts } from "./Facts.tsx";
import { PANES, type Pane } from "./pane.ts";
import { dossierQuery } from "./queries.ts";
import { Story } from "./Story.tsx";
import { Take } from "./Take.tsx";
import { WriteToBoth } from "./WriteToBoth.tsx";

/** All three have room. */
const WIDE = "(min-width: 80rem)";

export const Panes = ({ of, pane }: { readonly of: Case; readonly pane: Pane }) => {
  const operator = useWords("operator");
  const isWide = useMedia(WIDE);
  const dossier = useQuery(dossierQuery(of.order_id));
  const contents: Readonly<Record<Pane, ReactNode>> = {
    facts: <Loaded query={dossier}>{(found) => <Facts of={of} dossier={found} />}</Loaded>,
    story: (
      <>
        <Loaded query={dossier}>{(found) => <Story of={of} dossier={found} />}</Loaded>
        {of.assigned_to_me && of.status !== "resolved" && <WriteToBoth orderId={of.order_id} />}
      </>
    ),
    decision: <Deciding of={of} />,
  };
  return (
    <>
      {!isWide && <PaneTabs orderId={of.order_id} pane={pane} />}
      <div className={css.panes}>
        {PANES.map((one) => (
          <div key={one} hidden={!isWide && one !== pane} className={css.pane}>
            <Section title={operator[one]}>{contents[one]}</Section>
          </div>
        ))}
      </div>
    </>
  );
};

const PaneTabs = ({ orderId, pane }: { readonly orderId: number; readonly pane: Pane }) => {
  const operator = useWords("operator");
  return (
    <Tabs label={operator.panes}>
      {PANES.map((one) => (
        <Link
          key={one}
          to="/operator/disputes/$orderId"
          params={{ orderId: String(orderId) }}
          search={{ pane: one }}
          replace
          resetScroll={false}
          className={tabClass}
          aria-current={one === pane ? "page" : undefined}
        >
          {operator[one]}
        </Link>
      ))}
    </Tabs>
  );
};

const Deciding = ({ of }: { readonly of: Case }) => {
  const { meanwhile, setDeciding } = useMeanwhile(of);
  if (of.status === "resolved") return <Ended of={of} isMeanwhile={meanwhile === "settled"} />;
  if (of.assigned_to_me) return <Decision of={of} onDeciding={setDeciding} />;
  return <Take of={of} isMeanwhile={meanwhile === "taken"} />;
};
