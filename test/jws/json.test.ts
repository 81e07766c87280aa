import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  canonicalJson,
  isJsonObject,
  isList,
  isNumber,
  JsonFault,
  type JsonValue,
  parseJson,
  writeJson,
} from "../../src/jws/index.ts";
import { PHONE } from "./support.ts";

/** As JSON.parse would have it. */
const plain = (value: JsonValue): unknown => {
  if (isNumber(value)) return Number(value.number);
  if (isList(value)) return value.map(plain);
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  return value;
};

const faultOf = (text: string): string => {
  try {
    parseJson(text);
  } catch (error) {
    assert.ok(error instanceof JsonFault, `not a fault but ${error}`);
    return error.message;
  }
  return "none";
};

const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;

/** Each has the phone somewhere, which the fault must not repeat. */
const BROKEN: readonly (readonly [name: string, text: string, fault: string])[] = [
  ["nothing", "", "no JSON value at offset 0"],
  ["blanks alone", "  \n", "no JSON value at offset 3"],
  ["a byte order mark", `\ufeff"${PHONE}"`, "no JSON value at offset 0"],
  ["a blank of another alphabet", `\u00a0"${PHONE}"`, "no JSON value at offset 0"],
  ["text after the value", `{} ${PHONE}`, "text after the value at offset 3"],
  ["two values", `"${PHONE}" "${PHONE}"`, "text after the value at offset 16"],
  ["a comment", `/* ${PHONE} */ {}`, "no JSON value at offset 0"],
  ["single quotation marks", `{'${PHONE}':1}`, "no member name at offset 1"],
  ["a name without quotation marks", `{phone:"${PHONE}"}`, "no member name at offset 1"],
  ["no colon", `{"${PHONE}" 1}`, "no colon after a member name at offset 17"],
  ["no value", `{"${PHONE}":}`, "no JSON value at offset 17"],
  ["a comma too many in an object", `{"${PHONE}":1,}`, "no member name at offset 19"],
  ["a comma too many in a list", `["${PHONE}",]`, "no JSON value at offset 17"],
  ["no comma", `["${PHONE}" 1]`, "neither a comma nor the end at offset 17"],
  ["an object closed as a list", `{"${PHONE}":1]`, "neither a comma nor the end at offset 18"],
  ["an object without an end", `{"${PHONE}":1`, "neither a comma nor the end at offset 18"],
  ["a string without an end", `"${PHONE}`, "a string without an end at offset 0"],
  ["a string that ends with a backslash", `"${PHONE}\\`, "an escape that does not exist at offset 14"],
  ["a line break in a string", `"${PHONE}\n"`, "a control character in a string at offset 14"],
  ["a tab in a string", `"${PHONE}\t"`, "a control character in a string at offset 14"],
  ["an escape of another language", `"${PHONE}\\x41"`, "an escape that does not exist at offset 14"],
  ["a short escape", `"${PHONE}\\u41"`, "an escape that does not exist at offset 14"],
  ["an escape with a sign", `"${PHONE}\\u+041"`, "an escape that does not exist at offset 14"],
  ["U+0000 as it is", `"${PHONE}\u0000"`, "a control character in a string at offset 14"],
  ["U+0000 as an escape", `"${PHONE}\\u0000"`, "U+0000 in a string at offset 0"],
  ["U+0000 in a name", `{"${PHONE}\\u0000":1}`, "U+0000 in a string at offset 1"],
  ["a lone surrogate as it is", `"${PHONE}\ud800"`, "a lone surrogate at offset 14"],
  ["a lone surrogate as an escape", `"${PHONE}\\ud800"`, "a lone surrogate in a string at offset 0"],
  ["a lone low surrogate in a name", `{"${PHONE}\\udc00":1}`, "a lone surrogate in a string at offset 1"],
  ["surrogates in the wrong order", `"${PHONE}\\udc00\\ud800"`, "a lone surrogate in a string at offset 0"],
  ["half a pair as it is and half as an escape", `"${PHONE}\\ud83d\ude00"`, "a lone surrogate at offset 20"],
  ["one name twice", `{"a":"${PHONE}","a":1}`, "a second member of the same name at offset 21"],
  ["one name twice, once escaped", `{"a":"${PHONE}","\\u0061":1}`, "a second member of the same name at offset 21"],
  ["one name twice further in", `[{"a":{"b":1,"${PHONE}":2,"b":3}}]`, "a second member of the same name at offset 31"],
  ["__proto__ twice", `{"__proto__":"${PHONE}","__proto__":1}`, "a second member of the same name at offset 29"],
  ["a leading zero", "01", "text after the value at offset 1"],
  ["a leading zero after a sign", "-01", "text after the value at offset 2"],
  ["a plus", "+1", "no JSON value at offset 0"],
  ["no digit before the point", ".5", "no JSON value at offset 0"],
  ["no digit after the point", "1.", "text after the value at offset 1"],
  ["no digit after the exponent", "1e", "text after the value at offset 1"],
  ["a sign alone", "-", "no JSON value at offset 0"],
  ["hexadecimal", "0x10", "text after the value at offset 1"],
  ["digits in groups", "1_000", "text after the value at offset 1"],
  ["NaN", "NaN", "no JSON value at offset 0"],
  ["Infinity", "-Infinity", "no JSON value at offset 0"],
  ["a word that is none", `[nul,"${PHONE}"]`, "no JSON value at offset 1"],
  ["a word in capitals", "True", "no JSON value at offset 0"],
  ["a word that goes on", "nullx", "text after the value at offset 4"],
  ["17 levels", nested(17), "nesting too deep at offset 16"],
  ["17 levels of objects", `${'{"a":'.repeat(17)}1${"}".repeat(17)}`, "nesting too deep at offset 80"],
  ["20,000 levels", nested(20_000), "nesting too deep at offset 16"],
  ["20,000 levels that never end", "[".repeat(20_000), "nesting too deep at offset 16"],
];

const text = fc.string({ unit: "binary" }).filter((sample) => !sample.includes("\u0000"));
const { value: anyJson } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", maxDepth: 12 },
    text,
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.oneof(text, fc.constant("__proto__")), tie("value"), { maxKeys: 5, noNullPrototype: true }),
  ),
}));

describe("strict JSON", () => {
  for (const [name, broken, fault] of BROKEN)
    it(`refuses ${name}, and says where without saying what`, () => {
      assert.equal(faultOf(broken), fault);
      assert.ok(!fault.includes(PHONE));
    });

  it("reads every JSON value as JSON.parse does, and writes it as JSON.stringify does", () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        const written = JSON.stringify(value);
        const read = parseJson(written);
        assert.deepEqual(plain(read), JSON.parse(written));
        // Not on objects with names like "1": JavaScript moves those to the front, and a map does not.
        assert.equal(writeJson(parseJson(writeJson(read))), writeJson(read));
        assert.equal(writeJson(read), written);
      }),
    );
  });

  it("takes nothing that JSON.parse does not, and throws nothing but faults", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "u0061",
      "1",
      "-",
      ".",
      "e",
      "0",
      "null",
      "true",
      " ",
      "a",
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((some) => some.join("")),
        (sample) => {
          const fault = faultOf(sample);
          if (fault === "none") assert.deepEqual(plain(parseJson(sample)), JSON.parse(sample));
          else if (!/second member|too deep/.test(fault)) assert.throws(() => JSON.parse(sample), SyntaxError);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it("keeps numbers and the order of members as they were written", () => {
    const written = '{"z":100.50,"1":-0,"a":1e400,"0":12345678901234567890.000,"m":[1E+2,{}]}';
    const read = parseJson(written);
    assert.ok(isJsonObject(read));
    assert.deepEqual([...read.keys()], ["z", "1", "a", "0", "m"]);
    assert.deepEqual(read.get("z"), { number: "100.50" });
    assert.equal(writeJson(read), written);
  });

  it("takes blanks between all parts, every escape, and 16 levels", () => {
    const read = parseJson(' {\t"a" : [ 1 ,\r\n2 ] , "b" : "\\"\\\\\\/\\b\\f\\n\\r\\t\\u20AC\\ud83d\\ude00" } ');
    assert.deepEqual(plain(read), { a: [1, 2], b: '"\\/\b\f\n\r\t€😀' });
    assert.equal(writeJson(parseJson(nested(16))), nested(16));
  });

  it("takes __proto__ for a name like any other", () => {
    const read = parseJson('{"__proto__":{"admin":true}}');
    assert.ok(isJsonObject(read));
    assert.ok(isJsonObject(read.get("__proto__")));
    assert.equal(read.get("admin"), undefined);
  });

  it("spells the same content in one way, whatever the order of members and escapes", () => {
    const spelled = canonicalJson(parseJson('{ "b" : [ {"d":1.50,"c":null} ], "a" : "\\u0061\\/" }'));
    assert.equal(spelled, '{"a":"a/","b":[{"c":null,"d":1.50}]}');
    assert.notEqual(canonicalJson(parseJson("1.0")), canonicalJson(parseJson("1.00")));
  });

  it("does not write a number that is none", () => {
    for (const number of ["", "1,2", "01", "NaN", '1,"admin":true', " 1"])
      assert.throws(() => writeJson([{ number }]), /not written as JSON/);
  });
});
