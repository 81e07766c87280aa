/** Holds the shape of the code: a file has one subject, a function fits a screen, a module says what it is for. */
import { globSync, readFileSync } from "node:fs";
import ts from "typescript";

const ROOTS = ["src", "simulators", "web/src", "packages/*/src"];
const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 60;
/** A list of routes is read from top to bottom, one declaration after the other. */
const ROUTE_LIST = /^register\w*Routes$/;

const faults: string[] = [];

const lineOf = (source: ts.SourceFile, position: number): number => source.getLineAndCharacterOfPosition(position).line;

/** What a function is called: by its own name, or by the variable or member that holds it. */
const nameOf = (node: ts.Node): string => {
  const { parent } = node;
  const named = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) ? node : parent;
  const name = Reflect.get(named, "name") as ts.Node | undefined;
  return name === undefined ? "a function" : name.getText();
};

const checkFunctions = (file: string, source: ts.SourceFile, node: ts.Node): void => {
  if (ts.isFunctionLike(node)) {
    const start = lineOf(source, node.getStart(source));
    const lines = lineOf(source, node.getEnd()) - start + 1;
    if (lines > MAX_FUNCTION_LINES && !ROUTE_LIST.test(nameOf(node))) {
      faults.push(`${file}:${start + 1}: ${nameOf(node)} has ${lines} lines, more than ${MAX_FUNCTION_LINES}`);
    }
  }
  ts.forEachChild(node, (child) => checkFunctions(file, source, child));
};

const kindOf = (file: string): ts.ScriptKind => (file.endsWith(".tsx") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);

const checkFile = (file: string): void => {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MAX_FILE_LINES) faults.push(`${file}: has ${lines} lines, more than ${MAX_FILE_LINES}`);
  if (!text.startsWith("/**") && !text.startsWith("#!")) faults.push(`${file}: does not begin with what it is for`);
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, kindOf(file));
  checkFunctions(file, source, source);
};

/** Made from the documents: nobody reads it from top to bottom. */
const GENERATED: readonly string[] = ["packages/client/src/api.ts"];

const files = ROOTS.flatMap((root) => globSync(`${root}/**/*.{ts,tsx}`)).filter((file) => !GENERATED.includes(file));
for (const file of files.sort()) checkFile(file);

for (const fault of faults) console.error(fault);
console.log(`${files.length} files, ${faults.length} out of shape`);
process.exit(faults.length === 0 ? 0 : 1);
