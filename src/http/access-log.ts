/**
 * The access log: a line for each request that was answered, with what was asked for, who asked, how long it took, and why
 * somebody was turned away. Never a path, a query, a body or a token: ids, phones and secrets are in them.
 */
import type { FastifyBaseLogger, FastifyRequest, onResponseHookHandler } from "fastify";

export type AccessLog = {
  readonly logger: FastifyBaseLogger;
  /** What stands for a user: the same for the same one, and nobody without our key finds out who. */
  readonly userHash: (user: string) => string;
};

const MESSAGE = "request";

const userOf = ({ caller, signedBy }: FastifyRequest): string | null => caller?.traderId ?? signedBy;

/** Makes the hook of one route. What its lines have in common is put together once. */
export const createAccessLog =
  ({ logger, userHash }: AccessLog, listener: string) =>
  (method: string, route: string): onResponseHookHandler => {
    const lines = logger.child({ listener, method, route });
    return (request, reply, done) => {
      const user = userOf(request);
      lines.info(
        {
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          user: user === null ? undefined : userHash(user),
          request: request.id,
          reason: request.refusedFor ?? undefined,
        },
        MESSAGE,
      );
      done();
    };
  };
