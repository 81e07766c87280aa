/** The named components of the OpenAPI document. */
import { AdSchema, OwnAdSchema } from "./ads/index.ts";
import { FileSchema, MessageSchema } from "./chat/index.ts";
import { DisputeSchema, QueuedDisputeSchema, ResolvedSchema } from "./disputes/index.ts";
import { DossierSchema } from "./dossier/index.ts";
import { OrderSchema } from "./orders/index.ts";
import { RatingSchema } from "./ratings/index.ts";
import { SessionSchema } from "./sessions/index.ts";
import { StandingSchema } from "./suspension/index.ts";
import { ProfileSchema } from "./traders/index.ts";
import { PlatformEntrySchema, TransferSchema, WagerEntrySchema, WalletSchema } from "./wallet/index.ts";

export const COMPONENTS = [
  ProfileSchema,
  AdSchema,
  OwnAdSchema,
  OrderSchema,
  FileSchema,
  MessageSchema,
  SessionSchema,
  RatingSchema,
  DisputeSchema,
  QueuedDisputeSchema,
  ResolvedSchema,
  DossierSchema,
  StandingSchema,
  WalletSchema,
  TransferSchema,
  PlatformEntrySchema,
  WagerEntrySchema,
];
