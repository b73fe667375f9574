/** A package index on this machine that can misbehave as real ones do. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface IndexServer {
  readonly url: string;
  /** What was asked for, as `path` or `path bytes=FROM-`. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Answers a file request instead of the server; `true` when it did. `attempt` counts the requests for files from 0. */
export type Misbehave = (request: IncomingMessage, response: ServerResponse, body: Buffer, attempt: number) => boolean;

export async function indexServer(options: {
  project: string;
  filename: string;
  body: Buffer;
  /** More projects, with one file each. */
  others?: readonly { readonly project: string; readonly filename: string; readonly body: Buffer }[];
  html?: boolean;
  ranges?: boolean;
  user?: string;
  misbehave?: Misbehave;
}): Promise<IndexServer> {
  const { project, filename, body } = options;
  const requests: string[] = [];
  let attempts = 0;
  const server: Server = createServer((request, response) => {
    const range = request.headers.range;
    requests.push(`${request.url}${range === undefined ? "" : ` ${range}`}`);
    if (
      options.user !== undefined &&
      request.headers.authorization !== `Basic ${Buffer.from(options.user).toString("base64")}`
    )
      response.writeHead(401).end();
    else if (request.url === `/simple/${project}/`) answerPage(response, filename, options.html ?? false);
    else if (request.url === `/files/${filename}`) {
      if (options.misbehave?.(request, response, body, attempts++)) return;
      const from = options.ranges === false ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
      const rest = body.subarray(from);
      response.writeHead(from > 0 ? 206 : 200, { "content-length": rest.length }).end(rest);
    } else {
      const other = options.others?.find(
        (one) => request.url === `/simple/${one.project}/` || request.url === `/files/${one.filename}`,
      );
      if (other === undefined) response.writeHead(404).end();
      else if (request.url?.startsWith("/simple/") === true) answerPage(response, other.filename, false);
      else response.writeHead(200, { "content-length": other.body.length }).end(other.body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://${options.user === undefined ? "" : `${options.user}@`}127.0.0.1:${address.port}/simple`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function answerPage(response: ServerResponse, filename: string, html: boolean): void {
  if (html) {
    response
      .writeHead(200, { "content-type": "text/html" })
      .end(
        `<!DOCTYPE html><a href="../../files/other.whl#sha256=00">other.whl</a> <a\n data-x='1' href="../../files/${filename}#sha256=11">${filename}</a>`,
      );
  } else {
    response
      .writeHead(200, { "content-type": "application/vnd.pypi.simple.v1+json" })
      .end(JSON.stringify({ files: [{ filename, url: `../../files/${filename}` }] }));
  }
}
