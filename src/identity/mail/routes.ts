/** HTTP for asking for a link by mail. */
import type { FastifyReply } from "fastify";
import { Choice, Closed, sendRefusal, Text } from "../../http/index.ts";
import type { IdentityDeps } from "../deps.ts";
import { MAX_LOGIN } from "../people/index.ts";
import { askForLink } from "./recovery.ts";
import { MAIL_LANGUAGES } from "./texts.ts";

export const registerMailRoutes = ({ server, acts }: IdentityDeps): void => {
  server.post(
    "/api/v1/identity/recover",
    {
      config: { access: "public", ownPage: true },
      schema: {
        summary: "Ask for a link for a new password by mail; the answer is the same whoever it is for",
        description:
          "A mail goes to whoever signs in by this e-mail address, if anybody does, with a link that works once, for an hour.",
        operationId: "askForRecovery",
        tags: ["Identity"],
        body: Closed({
          login: Text({ minLength: 1, maxLength: MAX_LOGIN }),
          language: Choice(MAIL_LANGUAGES, { description: "of the mail" }),
        }),
        response: { 204: Closed({}) },
      },
    },
    async (request, reply) => {
      const refused = await askForLink(acts, { ...request.body, address: server.addressOf(request.raw) });
      if (refused !== null) return void sendRefusal(reply, refused);
      (reply as FastifyReply).code(204).send();
    },
  );
};
