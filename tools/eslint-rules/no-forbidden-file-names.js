/** A file is named after what it holds. `utils.ts` holds whatever nobody found a name for. */
import { basename } from "node:path";

const FORBIDDEN = new Set(["util", "utils", "helper", "helpers", "misc", "common", "shared", "stuff"]);

/** @type {import("eslint").Rule.RuleModule} */
export const noForbiddenFileNames = {
  meta: {
    type: "suggestion",
    docs: { description: "Disallow file names that say nothing." },
    messages: { name: "`{{name}}` says nothing; name the file after the thing it holds." },
    schema: [],
  },
  create(context) {
    const name = basename(context.filename);
    return {
      Program(node) {
        if (FORBIDDEN.has(name.replace(/(\.test)?\.[a-z]+$/, ""))) {
          context.report({ node, messageId: "name", data: { name } });
        }
      },
    };
  },
};
