import { noBareError } from "../no-bare-error.js";
import { ruleTester } from "./rule-tester.ts";

ruleTester.run("no-bare-error", noBareError, {
  valid: [
    'throw new L3mError("L3M_USAGE", { message: "no" });',
    "throw error;",
    "class Mine extends Error {}",
    "if (value instanceof TypeError) value.message;",
  ],
  invalid: [
    { code: 'throw new Error("no");', errors: [{ messageId: "bare", data: { name: "Error" } }] },
    { code: 'throw RangeError("no");', errors: [{ messageId: "bare", data: { name: "RangeError" } }] },
    { code: 'Promise.reject(new TypeError("no"));', errors: [{ messageId: "bare" }] },
  ],
});
