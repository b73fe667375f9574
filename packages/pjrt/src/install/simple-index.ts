/** Finds the address of a wheel on a simple index: PEP 691 JSON where the server speaks it, PEP 503 HTML otherwise. */
import { L3mError } from "@l3m/errors";
import type { LockedWheel } from "./wheel-lock.ts";

/** A request without credentials in the address: fetch refuses those, so they travel in a header. */
export interface FetchTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5";

/**
 * Where to download a wheel.
 *
 * @throws L3M_DOWNLOAD when the index does not answer or does not list the file
 */
export async function locateWheel(indexUrl: string, wheel: LockedWheel, signal?: AbortSignal): Promise<FetchTarget> {
  const page = fetchTarget(`${indexUrl}/${wheel.project}/`);
  const response = await fetch(page.url, { headers: { ...page.headers, accept: ACCEPT }, ...(signal && { signal }) });
  if (!response.ok) {
    throw new L3mError("L3M_DOWNLOAD", {
      message: `the package index does not have ${wheel.project}`,
      where: { file: page.url },
      expected: `the page of ${wheel.project}`,
      got: `HTTP ${response.status} ${response.statusText} from ${page.url}`,
      fix: "Use another index (PIP_INDEX_URL), or download the wheel elsewhere and install that file.",
      data: { status: response.status },
    });
  }
  const body = await response.text();
  const links = response.headers.get("content-type")?.includes("json") ? jsonLinks(body) : htmlLinks(body);
  const link = links.find(([name]) => name === wheel.filename);
  if (link === undefined) {
    throw new L3mError("L3M_DOWNLOAD", {
      message: `the package index does not list ${wheel.filename}`,
      where: { file: page.url },
      expected: wheel.filename,
      got: `${links.length} other files on ${page.url}`,
      fix: "Use an index that has it (PIP_INDEX_URL), or download the wheel elsewhere and install that file.",
      data: { status: 404 },
    });
  }
  const file = fetchTarget(new URL(link[1], response.url || page.url).href);
  const sameHost = new URL(file.url).origin === new URL(page.url).origin;
  return { url: file.url, headers: { ...(sameHost ? page.headers : {}), ...file.headers } };
}

function jsonLinks(body: string): [string, string][] {
  const page: unknown = JSON.parse(body);
  if (typeof page !== "object" || page === null || !("files" in page) || !Array.isArray(page.files)) return [];
  return page.files.flatMap((file: unknown) =>
    typeof file === "object" &&
    file !== null &&
    "filename" in file &&
    "url" in file &&
    typeof file.filename === "string" &&
    typeof file.url === "string"
      ? [[file.filename, file.url]]
      : [],
  );
}

function htmlLinks(body: string): [string, string][] {
  return [...body.matchAll(/<a\b[^>]*?href\s*=\s*["']([^"']+)["'][^>]*>/gi)].map((match) => {
    const href = (match[1] ?? "").replaceAll("&amp;", "&");
    const file = href.replace(/[?#].*$/, "");
    return [decodeURIComponent(file.slice(file.lastIndexOf("/") + 1)), href];
  });
}

function fetchTarget(address: string): FetchTarget {
  const url = new URL(address);
  url.hash = "";
  const user = decodeURIComponent(url.username);
  const headers: Record<string, string> =
    user === ""
      ? {}
      : { authorization: `Basic ${Buffer.from(`${user}:${decodeURIComponent(url.password)}`).toString("base64")}` };
  url.username = "";
  url.password = "";
  return { url: url.href, headers };
}
