// Drives a server with the client graphql-sse, unchanged, one connection for each operation.
import assert from 'node:assert/strict';
import { createClient } from 'graphql-sse';

const client = createClient({ url: process.argv[2], fetchFn: fetch, retryAttempts: 0 });

const run = async (query, variables) => {
  const results = [];
  for await (const result of client.iterate({ query, variables })) results.push(result);
  return results;
};

assert.deepEqual((await run('subscription { ticks { n } }')).map((r) => r.data.ticks.n), [0, 1, 2]);
assert.equal((await run('{ hello }'))[0].data.hello, 'world');
assert.equal((await run('query ($t: String) { echo(text: $t) }', { t: 'Grüße 🏃' }))[0].data.echo, 'Grüße 🏃');
assert.equal((await run('{ nothing }'))[0].errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
let seen = 0;
for await (const result of client.iterate({ query: 'subscription { ticks(kind: "endless") { n } }' })) {
  assert.equal(result.data.ticks.n, seen);
  if (++seen === 3) break;
}
assert.equal(seen, 3);
client.dispose();
console.log('graphql-sse: ok');
process.exit(0);
