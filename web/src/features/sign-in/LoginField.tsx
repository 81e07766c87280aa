/** What somebody signs in with, as password managers know it. */
import type { ComponentProps } from "react";
import { TextField } from "../../ui/Field.tsx";

const LONGEST = 254;

export const LoginField = (rest: ComponentProps<typeof TextField>) => (
  <TextField
    name="username"
    autoComplete="username"
    autoCapitalize="none"
    spellCheck={false}
    maxLength={LONGEST}
    {...rest}
  />
);
