// Verifies a delivery with the package standardwebhooks, unchanged. Arguments: the secret, the
// headers as JSON, and the body.
import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';

const [secret, headers, body] = process.argv.slice(2);
const hook = new Webhook(secret);
const payload = hook.verify(body, JSON.parse(headers));
assert.equal(payload.type, 'entry.published');
assert.ok(payload.data.tags.includes('pattern'));
assert.throws(() => hook.verify(`${body} `, JSON.parse(headers)));
console.log('webhook: ok');
