/** Requests to the Hugging Face hub. `HF_ENDPOINT` names a mirror, `HF_TOKEN` opens what is not public. */
import { L3mError } from "@l3m/errors";

/** A repository of data at a revision: a branch, a tag or a commit. */
export interface HubRepository {
  /** `<owner>/<name>`. */
  readonly name: string;
  readonly revision: string;
}

/** The address of the hub, without a slash at its end. */
export function hubEndpoint(): string {
  return (process.env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
}

/**
 * A successful answer.
 *
 * @param headers sent beside the token
 * @throws L3M_DOWNLOAD when the hub cannot be reached, L3M_DATA_NOT_FOUND when it has no such thing or does not show it
 */
export async function askHub(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  if (isOffline()) throw unreachable(url, "L3M_OFFLINE or HF_HUB_OFFLINE forbids the network");
  const token = process.env["HF_TOKEN"];
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  let response: Response;
  try {
    response = await fetch(url, { headers: { ...authorization, ...headers } });
  } catch (cause) {
    throw unreachable(url, reasonOf(cause), cause);
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const status = `${response.status} ${response.statusText}`.trim();
  if (![401, 403, 404].includes(response.status)) throw unreachable(url, status);
  throw new L3mError("L3M_DATA_NOT_FOUND", {
    message: "The Hugging Face hub does not have this, or does not show it.",
    where: { file: url },
    got: status,
    fix: "Check the name and the revision; for data that needs an account, accept its terms and set HF_TOKEN.",
  });
}

/** True for an error after which asking again may help. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof L3mError && error.code === "L3M_DOWNLOAD" && !isOffline();
}

/** The error of a connection that failed. */
export function unreachable(url: string, got: string, cause?: unknown): L3mError {
  return new L3mError("L3M_DOWNLOAD", {
    message: "The Hugging Face hub cannot be reached.",
    where: { file: url },
    got,
    fix: "Check the network, or name a mirror by HF_ENDPOINT. A machine without network needs a copy of the folder hugging-face in the cache of L3M (L3M_CACHE_DIR) from one that has it.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Why a request or a transfer failed, in the words of the system. */
export function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? `${failure.message}: ${failure.cause.message}` : failure.message;
}

function isOffline(): boolean {
  return ["L3M_OFFLINE", "HF_HUB_OFFLINE"].some(
    (name) => !["", "0", "false", "no"].includes((process.env[name] ?? "").toLowerCase()),
  );
}
