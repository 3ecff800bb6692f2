// Drives a server with the client graphql-ws, unchanged.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const closed = [];
const client = createClient({
  url: process.argv[2].replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  lazy: false,
  retryAttempts: 0,
  keepAlive: 50,
  connectionParams: { Authorization: 'Bearer none' },
  on: { closed: (event) => closed.push(event.code) },
});

const run = async (query, variables) => {
  const results = [];
  for await (const result of client.iterate({ query, variables })) results.push(result);
  return results;
};

assert.deepEqual((await run('subscription { ticks { n } }')).map((r) => r.data.ticks.n), [0, 1, 2]);
assert.equal((await run('{ hello }'))[0].data.hello, 'world');
assert.equal((await run('query ($t: String) { echo(text: $t) }', { t: 'Grüße 🏃' }))[0].data.echo, 'Grüße 🏃');
assert.equal((await run('mutation { touch(id: "1") { slug } }'))[0].data.touch.slug, 'pattern-1');
await assert.rejects(run('{ nothing }'), (errors) => errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED');
const many = await Promise.all(Array.from({ length: 15 }, () => run('subscription { ticks { n } }')));
assert.ok(many.every((results) => results.length === 3));
const stopped = await new Promise((resolve, reject) => {
  const results = [];
  const stop = client.subscribe({ query: 'subscription { ticks(kind: "endless") { n } }' }, {
    next: (result) => { results.push(result); if (results.length === 3) stop(); },
    error: reject,
    complete: () => resolve(results),
  });
});
assert.ok(stopped.length >= 3); // events that were on their way still arrive
await client.dispose();
console.log('graphql-ws: ok');
process.exit(0);
