// Checks an OpenAPI document with redocly's linter: node lint.mjs FILE. Prints a line for each problem, and exits
// with 1 if there is one.
import { readFileSync } from "node:fs";
import { createConfig, lint } from "@redocly/openapi-core";

// Schemas of the data of events and frames. OpenAPI 3.1 cannot refer to them from a stream, so the linter would
// report them as unused.
const EVENTS = [];
JSON.parse(readFileSync(process.argv[2], "utf8"), (key, value) => {
  if (key === "x-text-frames") EVENTS.push(value.$ref);
  if (key === "x-events") EVENTS.push(...Object.values(value).map((x) => x.$ref));
  return value;
});

const config = await createConfig({
  extends: ["recommended-strict"],
  rules: {
    "operation-4xx-response": "off", // `default` describes every error
    "operation-operationId": "error",
    "operation-operationId-url-safe": "error",
    "no-invalid-parameter-examples": "error",
    "no-invalid-schema-examples": "error",
    "tag-description": "error",
    "operation-tag-defined": "error",
    "no-path-trailing-slash": "error",
  },
});
const found = (await lint({ ref: process.argv[2], config })).map((x) => ({ ...x, at: x.location[0]?.pointer ?? "" }));
const problems = found.filter((x) => !(x.ruleId === "no-unused-components" && EVENTS.includes(x.at)));
for (const x of problems) console.log(`${x.at}: ${x.message} (${x.ruleId})`);
process.exitCode = problems.length > 0 ? 1 : 0;
