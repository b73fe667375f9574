/** Stands in for a PJRT client where functions are traced and never run. */
import { L3mError } from "@l3m/errors";
import { type PjrtClient } from "@l3m/pjrt";

/** What moving arrays and compiling need of a client. */
export type ClientParts = Pick<PjrtClient, "devices" | "bufferFromHost" | "sendFromHost" | "compile" | "compileSync">;

/** Has no device; whatever needs one is an error. */
export const NO_CLIENT: ClientParts = {
  devices: [],
  bufferFromHost: refuse,
  sendFromHost: refuse,
  compile: refuse,
  compileSync: refuse,
};

function refuse(): never {
  throw new L3mError("L3M_TRACE", {
    message: "a value is needed where functions are traced without a device",
    expected: "a function that decides by shapes and options only",
    fix: "Do not read tensors while the function is built or traced.",
  });
}
