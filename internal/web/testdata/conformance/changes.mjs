// Follows the changes of a hub with the clients graphql-ws and graphql-sse, unchanged, and with
// a plain event stream that reconnects with Last-Event-ID. Arguments: the address, a token, and
// the events that must follow it, as JSON.
import assert from 'node:assert/strict';
import { createClient as createEvents } from 'graphql-sse';
import { createClient as createSocket } from 'graphql-ws';
import WebSocket from 'ws';

const [url, since, expected] = process.argv.slice(2);
const want = JSON.parse(expected);
const query = `subscription ($since: SyncToken) {
  entryChanged(since: $since) {
    __typename
    ... on EntryUpsert { token revision entry { slug name ... on Pattern { tier { slug } body { markdown } } } }
    ... on EntryDeletion { token id type }
  }
}`;

const shown = (change) => change.__typename === 'EntryUpsert'
  ? `${change.entry.slug} ${change.revision} ${change.entry.name} ${change.entry.tier.slug} ${change.entry.body.markdown.length}`
  : `- ${change.type} ${change.id}`;

const follow = async (client) => {
  const got = [];
  const tokens = [];
  for await (const result of client.iterate({ query, variables: { since } })) {
    assert.equal(result.errors, undefined, JSON.stringify(result.errors));
    got.push(shown(result.data.entryChanged));
    tokens.push(result.data.entryChanged.token);
    if (got.length === want.length) break;
  }
  assert.deepEqual(got, want);
  return tokens;
};

const socket = createSocket({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
const tokens = await follow(socket);
await socket.dispose();

const events = createEvents({ url, fetchFn: fetch, retryAttempts: 0 });
assert.deepEqual(await follow(events), tokens);
events.dispose();

// Like an EventSource after a break: it requests the same address with the last id that it received.
for (let i = 0; i < tokens.length - 1; i++) {
  const stop = new AbortController();
  const response = await fetch(`${url}?${new URLSearchParams({ query, variables: JSON.stringify({ since }) })}`, {
    headers: { accept: 'text/event-stream', 'last-event-id': tokens[i] }, signal: stop.signal,
  });
  let text = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (/^id: .*\nevent: next\ndata: .*\n\n/m.test(text)) break;
  }
  stop.abort();
  const [, id, data] = /^id: (.*)\nevent: next\ndata: (.*)\n\n/m.exec(text);
  assert.equal(id, tokens[i + 1]);
  assert.equal(shown(JSON.parse(data).data.entryChanged), want[i + 1]);
}
console.log('changes: ok');
process.exit(0);
