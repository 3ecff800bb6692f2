// Uses the hub as an assistant does, with both clients of npm: the one of the older revision of the protocol and the one of
// the newer, each over HTTP and over standard input and output.
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as OlderStdio } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as OlderHTTP } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const { HUB_URL = "http://127.0.0.1:8080", HUB_KEY, HUB_PROGRAM = "../../bin/patternhub" } = process.env;
const name = { name: "patternhub-example", version: "1.0.0" };
const newer = (version) => new Client(name, { versionNegotiation: { mode: version } });
const older = () => new OlderClient(name);
const http = (Transport) =>
  new Transport(new URL("/mcp", HUB_URL), { requestInit: { headers: HUB_KEY ? { Authorization: `Bearer ${HUB_KEY}` } : {} } });
const stdio = (Transport) =>
  new Transport({ command: HUB_PROGRAM, args: ["mcp", "--url", HUB_URL], env: HUB_KEY ? { HUB_KEY } : {} });

const connections = {
  "2025-11-25 over HTTP, sdk": [older(), http(OlderHTTP)],
  "2025-11-25 over stdio, sdk": [older(), stdio(OlderStdio)],
  "2025-11-25 over HTTP, client": [newer("legacy"), http(StreamableHTTPClientTransport)],
  "2026-07-28 over HTTP, client": [newer({ pin: "2026-07-28" }), http(StreamableHTTPClientTransport)],
  "2026-07-28 over stdio, client": [newer({ pin: "2026-07-28" }), stdio(StdioClientTransport)],
};
const answers = new Set();
for (const [what, [client, transport]] of Object.entries(connections)) {
  await client.connect(transport);
  if (client.getNegotiatedProtocolVersion) assert.equal(client.getNegotiatedProtocolVersion(), what.slice(0, 10));
  const { tools } = await client.listTools();
  assert.equal(tools.length, HUB_KEY ? 12 : 8, what);
  const call = async (tool, args) => {
    const result = await client.callTool({ name: tool, arguments: args });
    if (!result.isError) assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
    return result;
  };
  const saga = await call("get_entry", { path: "/patterns/saga" });
  assert.equal(saga.structuredContent.data.entry.resourcePath, "/patterns/saga");
  answers.add(saga.content[0].text);
  const wrong = await call("query", { query: "mutation { entryDelete(ids: []) { deleted } }" });
  assert.match(wrong.content[0].text, /only reads/);
  assert.equal(wrong.isError, true);
  const { contents } = await client.readResource({ uri: "hub://pattern/saga" });
  assert.equal(contents[0].mimeType, "text/markdown");
  assert.match(contents[0].text, /^# Saga\n/);
  const { prompts } = await client.listPrompts();
  assert.deepEqual(prompts.map((p) => p.name), ["choose_a_pattern", "review_this_draft"]);
  const prompt = await client.getPrompt({ name: "choose_a_pattern", arguments: { problem: "Payments over three services." } });
  assert.equal(prompt.messages.at(-1).content.text, "Payments over three services.");
  if (HUB_KEY) {
    const checked = await call("validate", { type: "COMPANY", input: { name: "" } });
    assert.notEqual(checked.structuredContent.data.companyCreate.userErrors.length, 0);
  }
  await client.close();
  console.log(what);
}
assert.equal(answers.size, 1, "all clients read the same");
