/** For tests: holds every answer against the schema that its route declares. */
import type { ValidateFunction } from "ajv";
import type { FastifyInstance, onSendHookHandler, RouteOptions } from "fastify";
import { createCompiler, type Schema } from "./validation.ts";

/** An answer that was not what its route's schema promises. */
export type ResponseFault = { readonly route: string; readonly status: number; readonly fault: string };

/** So that a member which no schema names is a fault too: that is how secrets leak. `allOf` parts cannot be closed. */
const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      keyword === "allOf" || keyword === "enum" ? value : closed(value),
    ]),
  );
  const open = typeof copy.properties === "object" && !("additionalProperties" in copy) && copy.type === "object";
  return open ? { ...copy, additionalProperties: false } : copy;
};

/** The schema of a JSON answer, where a route may give one per media type. */
const jsonSchemaOf = (response: unknown, status: number): Schema | null => {
  if (typeof response !== "object" || response === null) return null;
  const declared: unknown = Reflect.get(response, String(status));
  if (typeof declared !== "object" || declared === null) return null;
  const content: unknown = Reflect.get(declared, "content");
  const media = typeof content === "object" && content !== null ? Reflect.get(content, "application/json") : null;
  return ((typeof media === "object" && media !== null ? Reflect.get(media, "schema") : null) ?? declared) as Schema;
};

/** For tests: holds every answer against its route's schema. Makes an `onSend` hook for each route. */
export const createResponseCheck = (server: FastifyInstance, faults: ResponseFault[]) => {
  let compile: ((schema: Schema) => ValidateFunction) | null = null;
  // Late: components may be added until the server is ready.
  const compiler = () => {
    compile ??= createCompiler(
      Object.fromEntries(Object.entries(server.getSchemas()).map(([id, schema]) => [id, closed(schema)])),
    );
    return compile;
  };

  return (route: RouteOptions): onSendHookHandler<unknown> => {
    const name = `${String(route.method)} ${route.url}`;
    const validators = new Map<number, ValidateFunction>();

    const faultOf = (status: number, type: unknown, payload: unknown): string | null => {
      const schema = jsonSchemaOf(route.schema?.response, status);
      if (schema === null) return "the route does not declare this status";
      const text = Buffer.isBuffer(payload) ? payload.toString("utf8") : payload;
      if (typeof text !== "string" || !String(type).startsWith("application/json")) return null;
      const validate = validators.get(status) ?? compiler()(closed(schema) as Schema);
      validators.set(status, validate);
      if (validate(JSON.parse(text))) return null;
      return (validate.errors ?? [])
        .map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`)
        .join("; ");
    };

    return (_request, reply, payload, done) => {
      const fault = faultOf(reply.statusCode, reply.getHeader("content-type"), payload);
      if (fault === null) return done(null, payload);
      faults.push({ route: name, status: reply.statusCode, fault });
      done(new Error(`${name} answered ${reply.statusCode} against its schema: ${fault}`));
    };
  };
};
