/** A bank's own aliases: it links, unlinks and asks for what it has. There is no looking up by phone alone. */
import { Type } from "typebox";
import { uuidv7 } from "../../engine/index.ts";
import { type AnswerOf, Closed } from "../../http/index.ts";
import type { JsonObject } from "../../jws/index.ts";
import { isRefusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import type { Answer } from "../answers.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { findWrongType, ownerOf, parseOwnAccount, parsePhone } from "../parsers/index.ts";
import { Account, described, Jti, signedBody } from "../schemas.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import type { Participant } from "../tables/index.ts";
import { type Consent, consentBody, findWrongConsentType, parseConsent, sealConsent } from "./consent.ts";
import { type LinkAlias, type Linked, linkAlias } from "./link-alias.ts";
import { isLinked } from "./queries.ts";
import { type UnlinkAlias, unlinkAlias } from "./unlink-alias.ts";

const ALIAS = "/api/v1/p2p/alias";

const aliasBody = Type.Object({
  jti: Jti,
  phone: Type.String({ description: "E.164, of the scheme" }),
  account: Account,
  linked: Type.Boolean(),
  consent: Type.Optional({ ...consentBody, description: "of your client; required for a link" }),
});

const LinkedAnswer = Closed({
  linked: Type.Boolean({ description: "whether the phone is linked to this account now; a move may still wait" }),
});

const AliasAnswer = Closed({ phone: Type.String(), account: Type.String(), linked: Type.Boolean() });

type NamedAlias = { readonly phone: string; readonly account: string };
type AliasChange = NamedAlias & { readonly consent: Consent | null };

const TYPES = { phone: "string", account: "string", linked: "boolean", consent: "object" } as const;

/** What is wrong with a phone and an account that are named, and with a change of them. */
const ASKED_REFUSALS = ["INVALID_CREDITOR_PHONE", "INVALID_CREDITOR_ACCOUNT"] as const;
const CHANGE_REFUSALS = ["INVALID_REQUEST", ...ASKED_REFUSALS] as const;

export const registerAliasRoutes = (deps: RailDeps): void => {
  const { server, calls, pool, settings, phones, followAliases } = deps;
  const link = linkAlias(settings);

  /** A phone, and one of the caller's own accounts. */
  const parseNamedAlias = (
    phone: string | undefined,
    account: string | undefined,
    owner: Participant,
  ): NamedAlias | RefusalOf<typeof ASKED_REFUSALS> => {
    const known = parsePhone(phone, settings.phonePattern);
    if (known === null) return refuse("INVALID_CREDITOR_PHONE", { field: "phone" });
    const own = parseOwnAccount(account, ownerOf(owner));
    return own === null ? refuse("INVALID_CREDITOR_ACCOUNT", { field: "account" }) : { phone: known, account: own };
  };

  const parseChange = (payload: JsonObject, owner: Participant): AliasChange | RefusalOf<typeof CHANGE_REFUSALS> => {
    const wrong = findWrongType(payload, TYPES);
    if (wrong !== undefined) return invalid(wrong);
    const inConsent = findWrongConsentType(payload);
    if (inConsent !== null) return inConsent;
    if (!payload.has("linked")) return invalid("linked");
    const asked = parseNamedAlias(textOf(payload.get("phone")), textOf(payload.get("account")), owner);
    if (isRefusal(asked)) return asked;
    const consent = payload.get("linked") === true || payload.has("consent") ? parseConsent(payload) : null;
    return isRefusal(consent) ? consent : { ...asked, consent };
  };

  const present = (result: Linked): Answer => {
    followAliases();
    const body: AnswerOf<typeof LinkedAnswer> = { linked: result.linked };
    return { status: 200, body };
  };

  const change: ParseRequest<LinkAlias | UnlinkAlias, Linked> = ({ participant }, payload) => {
    const asked = parseChange(payload, participant);
    if (isRefusal(asked)) return asked;
    const { guid: participantGuid, mode } = participant;
    const { account, consent } = asked;
    const hash = phones.hash(mode, asked.phone);
    if (payload.get("linked") !== true || consent === null)
      return { command: unlinkAlias, input: { participantGuid, account, hash, mode }, present };
    const sealed = phones.seal(hash, asked.phone);
    const kept = sealConsent(phones, participantGuid, consent);
    return {
      command: link,
      input: { participantGuid, account, hash, mode, sealed, consent: kept, moveGuid: uuidv7() },
      present,
    };
  };

  server.put(
    ALIAS,
    {
      config: { access: "signed" },
      schema: {
        summary: "Link a phone to an account of yours, or unlink it",
        tags: ["Aliases"],
        body: signedBody(aliasBody),
        response: {
          200: described("done, or it waits for its time: `linked` says how it is now", LinkedAnswer),
          ...errorResponses([...CHANGE_REFUSALS, ...link.refuses, ...unlinkAlias.refuses]),
        },
      },
    },
    calls.write(change),
  );

  const readAlias = defineQuery(ASKED_REFUSALS, async ({ participant }, request) => {
    const phone = textOf(Reflect.get(request.query as object, "phone"));
    const account = textOf(Reflect.get(request.query as object, "account"));
    // A plus that nobody escaped arrives as a blank.
    const asked = parseNamedAlias(phone?.replace(/^ /, "+"), account, participant);
    if (isRefusal(asked)) return asked;
    const { guid: participantGuid, mode } = participant;
    const own = { participantGuid, account: asked.account };
    const linked = await isLinked(pool, phones.hash(mode, asked.phone), own);
    return { ...asked, linked } satisfies AnswerOf<typeof AliasAnswer>;
  });

  server.get(
    ALIAS,
    {
      config: { access: "signed" },
      schema: {
        summary: "Whether a phone is linked to an account of yours",
        tags: ["Aliases"],
        querystring: {
          type: "object",
          required: ["phone", "account"],
          properties: { phone: { type: "string" }, account: { type: "string" } },
        },
        response: {
          200: described("how it is now", AliasAnswer),
          ...errorResponses(readAlias.refuses),
        },
      },
    },
    calls.read(readAlias),
  );
};

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
