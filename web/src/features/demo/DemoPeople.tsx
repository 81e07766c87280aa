/**
 * In the demo alone, for a visitor: three people to be, one click each. Each begins where there is something to do for them,
 * unless somebody came for a page of their own choice.
 */
import { useNavigate } from "@tanstack/react-router";
import { isDemoPerson, useDemoPerson, useSession } from "../../data/session.ts";
import { Button } from "../../ui/Button.tsx";
import { Refused } from "../../ui/failure.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./DemoPeople.module.css";

type Part = "buyer" | "seller" | "operator";

type Props = {
  /** It is the first page: a click also leads to where that person begins. */
  readonly leads?: boolean;
  /** Something else is open, whose button is the one that goes on. */
  readonly aside?: boolean;
};

export const DemoPeople = ({ leads = false, aside = false }: Props) => {
  const navigate = useNavigate();
  const { market } = useText();
  const session = useSession();
  const { mutate, isPending, variables, error } = useDemoPerson();
  if (session.state !== "visitor" || session.document.demo.length === 0) return null;
  const lead = (part: Part): void => {
    if (!leads) return;
    if (part === "operator") void navigate({ to: "/operator/disputes" });
    else void navigate({ to: "/market", search: { side: part === "seller" ? "sell" : "buy" } });
  };
  const words = { buyer: market.demoVera, seller: market.demoAnna, operator: market.demoOlga };
  return (
    <section className={css.panel}>
      <div>
        <h2>{market.demoTitle}</h2>
        <p className={css.text}>{market.demoText}</p>
      </div>
      <div className={css.people}>
        {session.document.demo.map(({ person, part }) => (
          <Button
            key={person}
            kind={part === "buyer" && !aside ? "primary" : "secondary"}
            busy={isPending && variables === person}
            onClick={() => isDemoPerson(person) && mutate(person, { onSuccess: () => lead(part) })}
          >
            {market.demoAs({ person: words[part] })}
          </Button>
        ))}
      </div>
      <Refused error={error} />
      <p className={css.text}>{market.demoOther}</p>
    </section>
  );
};
