/** Language and theme, beside each other. */
import { chooseTheme, THEMES, useTheme } from "../../data/theme.ts";
import { isLanguage, LANGUAGE_NAMES, LANGUAGES } from "../../kernel/i18n.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Hidden } from "../../ui/Notice.tsx";
import { useSpoken } from "../../ui/text.tsx";
import css from "./Choices.module.css";

export const Choices = () => {
  const { language, choose, text } = useSpoken();
  const theme = useTheme();
  const words = { system: text.frame.themeSystem, light: text.frame.themeLight, dark: text.frame.themeDark };
  return (
    <div className={css.choices}>
      <label className={css.choice}>
        <Icon name="globe" />
        <Hidden>{text.frame.language}</Hidden>
        <select
          className={css.select}
          value={language}
          onChange={({ target: { value } }) => {
            if (isLanguage(value)) choose(value);
          }}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {LANGUAGE_NAMES[each]}
            </option>
          ))}
        </select>
      </label>
      <label className={css.choice}>
        <Icon name={theme === "dark" ? "star" : "info"} />
        <Hidden>{text.frame.theme}</Hidden>
        <select
          className={css.select}
          value={theme}
          onChange={({ target: { value } }) => {
            const chosen = THEMES.find((each) => each === value);
            if (chosen !== undefined) chooseTheme(chosen);
          }}
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {words[each]}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
};
