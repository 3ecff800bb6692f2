// A stand-in for the hub: the built playground under the service's Content-Security-Policy, and
// a small /graphql. It lets the browser tests run without the service.
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import zlib from "node:zlib";

import { buildSchema, graphql } from "graphql";

const files = path.resolve(import.meta.dirname, "../../internal/web/assets/playground");

const port = Number(process.env.PORT ?? 8099);

const policy =
  "default-src 'self'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; " +
  "base-uri 'none'; form-action 'none'";

/** @type {Record<string, string>} */
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
};

const schema = buildSchema(`
  "The graph."
  type Query { "The tiers in their order." tiers: [Tier!]! }
  "A group of patterns."
  type Tier { rank: Int! name: String! badge: String! summary: String! patterns(first: Int): Patterns! }
  "Patterns of a tier."
  type Patterns { totalCount: Int! nodes: [Pattern!]! }
  "A pattern."
  type Pattern { name: String! }
`);

/** @param {number} rank @param {string} name @param {number} totalCount */
function tier(rank, name, totalCount) {
  const nodes = [{ name: `${name} pattern` }];
  return {
    rank,
    name,
    badge: name[0],
    summary: `The ${name} tier.`,
    patterns: { totalCount, nodes },
  };
}

const rootValue = { tiers: [tier(1, "Gold", 38), tier(2, "Silver", 38), tier(3, "Bronze", 25)] };

http
  .createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://standin");
    if (pathname === "/livez" || pathname === "/readyz") {
      response.end('{"status":"ok"}');
    } else if (pathname === "/graphql") {
      answer(request, response);
    } else if (pathname === "/playground") {
      response.writeHead(308, { location: "/playground/" }).end();
    } else {
      page(pathname, response);
    }
  })
  .listen(port, "127.0.0.1");

/** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
async function answer(request, response) {
  let body = "";
  for await (const chunk of request) {
    body += chunk;
  }
  const { query, variables, operationName } = JSON.parse(body);
  const result = await graphql({
    schema,
    source: query,
    rootValue,
    variableValues: variables,
    operationName,
  });
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result));
}

/** @param {string} pathname @param {http.ServerResponse} response */
function page(pathname, response) {
  const name = pathname === "/playground/" ? "app.html" : pathname.replace(/^\/playground\//, "");
  const file = path.join(files, `${name}.br`);
  if (!file.startsWith(files) || !existsSync(file)) {
    response.writeHead(404).end();
    return;
  }
  response
    .writeHead(200, {
      "content-type": types[path.extname(name)] ?? "application/octet-stream",
      "content-security-policy": policy,
    })
    .end(zlib.brotliDecompressSync(readFileSync(file)));
}
