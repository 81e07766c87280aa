/** Chromium's own authenticator in software, as a person has one in the phone: it recognises its owner, or does not. */
import type { CDPSession, Page } from "playwright-core";

export type Authenticator = {
  /** How many passkeys it keeps. */
  count(): Promise<number>;
  /** From now on whoever is asked for finger, face or PIN is not recognised, which browsers tell as they tell a refusal. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** It is not in reach any more. */
  remove(): Promise<void>;
};

const OPTIONS = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

/** One for all pages of a tab. @returns what makes more of them */
export const openAuthenticators = async (page: Page): Promise<() => Promise<Authenticator>> => {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  return async () => {
    const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", { options: OPTIONS });
    const recognise = (isUserVerified: boolean) =>
      cdp.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    return {
      count: async () => (await cdp.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length,
      refuse: async () => void (await recognise(false)),
      accept: async () => void (await recognise(true)),
      remove: async () => void (await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId })),
    };
  };
};
