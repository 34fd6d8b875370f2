// Lints an OpenAPI document: node lint.mjs FILE. Prints what is wrong, one a line; exits with 1 if there is something.
import { createConfig, lint } from "@redocly/openapi-core";

// Data of server-sent events, which OpenAPI 3.1 cannot refer to from a stream.
const EVENTS = ["#/components/schemas/ChannelMessage", "#/components/schemas/KvChange"];

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
