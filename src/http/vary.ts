/** The Vary header: what an answer depends on beside its address. */
import type { FastifyReply } from "fastify";

export const addVary = (reply: FastifyReply, name: string): void => {
  const known = reply.getHeader("vary");
  reply.header("vary", known === undefined ? name : `${String(known)}, ${name}`);
};
