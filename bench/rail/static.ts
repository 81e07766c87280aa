/** What Fastify alone can do: one route that returns the same bytes as an order. */
import fastify from "fastify";

const body = process.env.STATIC_BODY ?? "{}";
const server = fastify();
server.get("/api/v1/p2p/orders/:guid", (_request, reply) =>
  reply.header("content-type", "application/json; charset=utf-8").send(body),
);
console.log(await server.listen({ host: "127.0.0.1", port: 0 }));
process.stdin.resume();
process.stdin.once("end", () => process.exit());
