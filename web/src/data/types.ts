/** The words of the server as the app uses them, read from the client's types. */
import type { AnyFailure, ParleyEvent, Schemas, ErrorCode as ServerCode } from "@parley/client";
import type { BrowserCode } from "../locales/errors.ts";

export type ErrorCode = ServerCode;
/** Of a call. */
export type ServerFailure = AnyFailure;
export type BrowserFailure = { readonly code: BrowserCode; readonly message: string };
export type Failure = ServerFailure | BrowserFailure;
export type { ParleyEvent };

export type Ad = Schemas["Ad"];
export type OwnAd = Schemas["OwnAd"];
export type Order = Schemas["Order"];
export type OrderBrief = Schemas["OrderBrief"];
export type Profile = Schemas["Profile"];
export type MetProfile = Schemas["MetProfile"];
export type Message = Schemas["Message"];
export type Attachment = Schemas["File"];
export type Me = Schemas["Me"];
export type Wallet = Schemas["Wallet"];
export type Transfer = Schemas["Transfer"];
export type PaymentMethod = Schemas["PaymentMethod"];

export type SessionDocument = Schemas["SessionDocument"];
export type PasskeyCreation = Schemas["PasskeyCreation"];
export type PasskeyRequest = Schemas["PasskeyRequest"];
export type NewPasskeyCredential = Schemas["NewPasskeyCredential"];
export type SignedPasskeyCredential = Schemas["SignedPasskeyCredential"];
export type Case = Schemas["QueuedDispute"];
export type PersonFacts = Schemas["Person"];
export type FoundPerson = Schemas["FoundPerson"];
export type Participant = Schemas["Participant"];
export type RailSearch = Schemas["RailSearch"];
export type DeadCallback = Schemas["DeadCallback"];
export type AliasMove = Schemas["AliasMove"];
export type PlatformAct = Schemas["PlatformAct"];
export type Role = NonNullable<PersonFacts["account"]>["roles"][number];
export type Dossier = Schemas["Dossier"];
export type Figures = Schemas["Figures"];
export type ChatSession = Schemas["Session"];
