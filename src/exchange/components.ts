/** The named components of the OpenAPI document. */
import { AdSchema, OwnAdSchema } from "./ads/index.ts";
import { FileSchema, MessageSchema } from "./chat/index.ts";
import { DisputeSchema, QueuedDisputeSchema, ResolvedSchema } from "./disputes/index.ts";
import { DossierSchema } from "./dossier/index.ts";
import { FiguresSchema } from "./figures/index.ts";
import { MeSchema, OrderBriefSchema } from "./me/index.ts";
import { OrderSchema } from "./orders/index.ts";
import { PaymentMethodSchema } from "./payment-methods.ts";
import { FoundPersonSchema, PersonSchema } from "./people/index.ts";
import { RatingSchema, ReviewSchema } from "./ratings/index.ts";
import { SessionSchema } from "./sessions/index.ts";
import { StandingSchema } from "./suspension/index.ts";
import { MetProfileSchema, ProfileSchema } from "./traders/index.ts";
import {
  PlatformActSchema,
  PlatformEntrySchema,
  TransferSchema,
  WagerEntrySchema,
  WalletSchema,
} from "./wallet/index.ts";

export const COMPONENTS = [
  MetProfileSchema,
  ProfileSchema,
  AdSchema,
  OwnAdSchema,
  OrderSchema,
  FileSchema,
  MessageSchema,
  SessionSchema,
  RatingSchema,
  ReviewSchema,
  OrderBriefSchema,
  MeSchema,
  FiguresSchema,
  PaymentMethodSchema,
  DisputeSchema,
  QueuedDisputeSchema,
  ResolvedSchema,
  DossierSchema,
  StandingSchema,
  FoundPersonSchema,
  PersonSchema,
  WalletSchema,
  TransferSchema,
  PlatformEntrySchema,
  PlatformActSchema,
  WagerEntrySchema,
];
