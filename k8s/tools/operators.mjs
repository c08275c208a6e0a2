// Holds KEDA's and the Prometheus operator's objects against the types that are made of those operators' own definitions.
// usage: node operators.mjs TOOLS FILE...    TOOLS: the folder with node_modules; FILE: JSON, a list of objects
// Twice: the compiler refuses a field that a type does not list (the validators let those pass), the validators refuse values that a
// type cannot tell, such as a missing field or a pattern. A kind without a type is a fault. Exit 1 with the faults, or a line that says what was held.
import { createRequire } from "node:module";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, ...files] = process.argv.slice(2);
const require = createRequire(join(tools, "node_modules", "anchor.js"));
const ts = require("typescript");

const PACKAGES = { "keda.sh": "@kubernetes-models/keda", "monitoring.coreos.com": "@kubernetes-models/prometheus-operator" };
const faults = [];
let held = 0;

for (const file of files) {
  const objects = JSON.parse(readFileSync(file, "utf8"));
  for (const object of objects) {
    const id = `${object.kind}/${object.metadata?.name}`;
    const [group, version] = object.apiVersion.split("/");
    const place = `${PACKAGES[group]}/${group}/${version}/${object.kind}`;
    const module = join(tools, "node_modules", `${place}.js`);
    if (!existsSync(module)) {
      faults.push(`${id}: unknown kind ${object.kind} of ${object.apiVersion}`);
      continue;
    }
    faults.push(...(await compile(object, place)).map((fault) => `${id}: ${fault}`));
    const kind = (await import(pathToFileURL(module)))[object.kind];
    try {
      new kind(object).validate();
    } catch (error) {
      faults.push(`${id}: ${error.message}`);
    }
    held += 1;
  }
}
for (const fault of faults) console.log(fault);
if (faults.length > 0) process.exit(1);
console.log(`${held} objects of KEDA and the Prometheus operator have the fields and values that their types list`);

// The object as a literal of its type: a literal may have no property that the type does not list.
async function compile(object, place) {
  const folder = mkdtempSync(join(tools, "literal-"));
  try {
    const source = join(folder, "object.ts");
    writeFileSync(source, `import type { I${object.kind} } from "${place}";\nexport const object: I${object.kind} = ${JSON.stringify(object, null, 1)};\n`);
    const program = ts.createProgram([source], {
      noEmit: true, strict: true, skipLibCheck: true, types: [],
      module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2022,
    });
    return ts.getPreEmitDiagnostics(program).map((found) => ts.flattenDiagnosticMessageText(found.messageText, " "));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
