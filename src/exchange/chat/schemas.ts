/** Schemas of chat lines and of their files. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, Nullable, Ref } from "../../http/index.ts";
import { Time } from "../schemas.ts";
import { MESSAGE_KINDS } from "../tables/index.ts";

const Sha256 = (description: string) => Type.String({ pattern: "^[0-9a-f]{64}$", description });

export const FileSchema = Closed(
  {
    id: Type.String({ format: "uuid" }),
    name: Type.String({ description: "as its sender called it, made safe to show and to save under" }),
    sha256: Sha256("of what is given out"),
    type: Type.String({ description: "found from the content" }),
    size: Type.Integer({ minimum: 1, description: "bytes" }),
    original_sha256: Sha256("of what was sent; another one for a picture, which is given out without its metadata"),
  },
  { $id: "File", description: "A file of an order's chat." },
);

export const MessageSchema = Closed(
  {
    seq: Type.Integer({ minimum: 1, description: "1, 2, 3 … per order, without a gap" }),
    kind: Choice(MESSAGE_KINDS, { description: "said by the server, never by the text" }),
    sender: Nullable(Type.String()),
    client_id: Nullable(Type.String({ format: "uuid", description: "as its sender named it; null to anybody else" })),
    message: Type.String({ description: "empty where files say it all" }),
    hidden: Type.Boolean({ description: "an operator has hidden it: the message is a placeholder" }),
    event: Nullable(Type.Object({}, { additionalProperties: true, description: "of a system line: what happened" })),
    attachments: Type.Array(Ref(FileSchema)),
    created_at: Time(),
    read_at: Nullable(Time("when somebody else than the sender marked it as read")),
  },
  { $id: "Message" },
);

export const MessagePage = Closed({
  ...CursorPage(Ref(MessageSchema)).properties,
  last_seq: Type.Integer({ description: "of the newest line" }),
});
