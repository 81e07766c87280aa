/** The two documents as readers of them take them: every operation is shown by an example, and every example holds. */
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import ajvFormats from "ajv-formats";
import { createExampleMaker } from "../../src/http/examples.ts";

type Media = { readonly schema: Record<string, unknown>; readonly example?: unknown };
type Operation = {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>>; readonly $ref?: string }>
  >;
};
type Methods = Readonly<Record<string, Operation>>;
type Document = {
  readonly paths: Readonly<Record<string, Methods>>;
  readonly webhooks: Readonly<Record<string, Methods>>;
};

/** By what an example is of: where its schema stands in the document, and whether it is an answer beside the JSON one. */
type Place = {
  readonly name: string;
  readonly at: string;
  readonly media: Media;
  readonly type: string;
  readonly besides: boolean;
};

const readDocument = async (api: string): Promise<Document> =>
  JSON.parse(await readFile(`docs/openapi.${api}.json`, "utf8"));

const escaped = (step: string): string => step.replaceAll("~", "~0").replaceAll("/", "~1");
const pointer = (...steps: readonly string[]): string => steps.map((step) => `/${escaped(step)}`).join("");

const placesOf = (document: Document): readonly Place[] =>
  (["paths", "webhooks"] as const).flatMap((part) =>
    Object.entries(document[part]).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { requestBody, responses }]) => {
        const name = `${method.toUpperCase()} ${path}`;
        const contents = [
          { steps: ["requestBody"], content: requestBody?.content },
          ...Object.entries(responses)
            .filter(([status]) => !(Number(status) >= 400))
            .map(([status, { content }]) => ({ steps: ["responses", status], content })),
        ];
        return contents.flatMap(({ steps, content = {} }) =>
          Object.entries(content).map(([type, media]) => ({
            name: `${name} ${steps.join(" ")} ${type}`,
            at: pointer(part, path, method, ...steps, "content", type, "schema"),
            media,
            type,
            besides: steps[0] === "responses" && type !== "application/json" && "application/json" in content,
          })),
        );
      }),
    ),
  );

const TEXTS = ["text", "line", "prose", "binary"];

const ajvFor = (document: Document) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  for (const format of TEXTS) ajv.addFormat(format, true);
  ajv.addSchema(document, "document");
  return (at: string, value: unknown): string => {
    const validate = ajv.compile({ $ref: `document#${encodeURI(at)}` });
    return validate(value) ? "" : ajv.errorsText(validate.errors);
  };
};

const isBytes = ({ schema }: Media): boolean => schema.format === "binary";

for (const api of ["exchange", "rail"]) {
  describe(`the document of the ${api}`, () => {
    it("shows every body and every answer by an example", async () => {
      const without = placesOf(await readDocument(api)).filter(
        ({ media, besides }) => media.example === undefined && !isBytes(media) && !besides,
      );
      assert.deepEqual(
        without.map(({ name }) => name),
        [],
      );
    });

    it("shows nothing that its own schema refuses", async () => {
      const document = await readDocument(api);
      const faultOf = ajvFor(document);
      const examples = placesOf(document).filter(({ media }) => media.example !== undefined);
      assert.ok(examples.length > 20);
      const faults = examples
        .map(({ name, at, media }) => ({ name, fault: faultOf(at, media.example) }))
        .filter(({ fault }) => fault !== "");
      assert.deepEqual(faults, []);
    });
  });
}

describe("the document of the exchange", () => {
  it("says of every path that another method is refused, and by what the answer names those that are not", async () => {
    const { paths } = await readDocument("exchange");
    for (const [path, methods] of Object.entries(paths))
      for (const { responses } of Object.values(methods))
        assert.equal(responses["405"]?.$ref, "#/components/responses/MethodNotAllowed", path);
  });
});

/** RFC 8037, appendix A: a key that everybody has. */
const PUBLISHED = createPublicKey({
  format: "jwk",
  key: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
});

describe("signed bodies that the rail's document shows", () => {
  it("are signed, and what they say is what their schema asks for", async () => {
    const document = await readDocument("rail");
    const faultOf = ajvFor(document);
    const signed = placesOf(document).filter(
      ({ media }) => "contentSchema" in media.schema && media.example !== undefined,
    );
    assert.ok(signed.length > 10);
    for (const { name, at, media } of signed) {
      const [header = "", payload = "", signature = "", ...rest] = String(media.example).split(".");
      assert.deepEqual(rest, [], name);
      const isSigned = verify(
        null,
        Buffer.from(`${header}.${payload}`),
        PUBLISHED,
        Buffer.from(signature, "base64url"),
      );
      assert.ok(isSigned, name);
      const said: unknown = JSON.parse(Buffer.from(payload, "base64url").toString());
      assert.equal(faultOf(`${at}/contentSchema`, said), "", name);
    }
  });
});

describe("an example", () => {
  const maker = createExampleMaker(
    {
      Person: {
        type: "object",
        required: ["name"],
        properties: { name: { type: "string" }, age: { type: "integer" } },
      },
    },
    { words: { name: ["Anna"], age: [31] }, components: {}, operations: {} },
  );

  it("has the members that must be there, and of the others those that are asked for", () => {
    assert.deepEqual(maker.of("hello", { $ref: "#/components/schemas/Person" }), { name: "Anna" });
    assert.deepEqual(maker.of("hello", { $ref: "#/components/schemas/Person" }, { age: 30 }), {
      name: "Anna",
      age: 30,
    });
  });

  it("cannot be made of a member that nobody gave a word, so that no document leaves one out", () => {
    const schema = { type: "object", required: ["shoe_size"], properties: { shoe_size: { type: "integer" } } };
    assert.throws(() => maker.of("hello", schema), /hello\.shoe_size: no word for "shoe_size" fits/);
  });

  it("cannot be made of a word that the member does not take", () => {
    const schema = { type: "object", required: ["name"], properties: { name: { type: "integer" } } };
    assert.throws(() => maker.of("hello", schema), /hello\.name/);
  });
});
