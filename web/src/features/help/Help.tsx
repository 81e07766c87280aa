/** Help: how a trade goes, and how to keep one's money. Two short pages, for visitors too. */
import { Link } from "@tanstack/react-router";
import { Page, Section, Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Help.module.css";

const Rules = ({ of }: { readonly of: readonly string[] }) => (
  <ul className={css.rules}>
    {of.map((rule) => (
      <li key={rule}>{rule}</li>
    ))}
  </ul>
);

export const HowItWorks = () => {
  const help = useWords("help");
  const steps = [
    [help.how1, help.how1Text],
    [help.how2, help.how2Text],
    [help.how3, help.how3Text],
    [help.how4, help.how4Text],
    [help.how5, help.how5Text],
  ] as const;
  return (
    <Page title={help.howTitle} lead={help.howLead} narrow>
      <Stack>
        <ol className={css.steps}>
          {steps.map(([title, text]) => (
            <li key={title} className={css.step}>
              <h2 className={css.title}>{title}</h2>
              <p>{text}</p>
            </li>
          ))}
        </ol>
        <Section title={help.wrongTitle}>
          <Rules of={[help.wrong1, help.wrong2, help.wrong3]} />
        </Section>
        <p>
          <Link to="/help/safety">{help.safetyTitle}</Link>
        </p>
      </Stack>
    </Page>
  );
};

export const Safety = () => {
  const help = useWords("help");
  return (
    <Page title={help.safetyTitle} lead={help.safetyLead} narrow>
      <Stack>
        <Section title={help.payTitle}>
          <Rules of={[help.pay1, help.pay2, help.pay3, help.pay4]} />
        </Section>
        <Section title={help.releaseTitle}>
          <Rules of={[help.release1, help.release2, help.release3]} />
        </Section>
        <Section title={help.allTitle}>
          <Rules of={[help.all1, help.all2, help.all3]} />
        </Section>
        <p>
          <Link to="/help/how-it-works">{help.howTitle}</Link>
        </p>
      </Stack>
    </Page>
  );
};
