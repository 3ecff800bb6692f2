import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { Webhook } from 'standardwebhooks'
import { webhook } from './route.mjs'

const secret = () => `whsec_${randomBytes(24).toString('base64')}`
const payload = { type: 'entry.published', timestamp: '2026-01-01T00:00:00Z', data: { tags: ['pattern:circuit-breaker', 'pattern', 'pattern'] } }

/** A request as the hub sends it. */
function delivery(signer, { body = JSON.stringify(payload), id = 'msg_1', at = new Date(), change = (b) => b } = {}) {
  return new Request('https://site.example/api/hub', {
    method: 'POST',
    body: change(body),
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(signer).sign(id, at, body),
    },
  })
}

function handler(secrets) {
  const told = []
  return { told, POST: webhook({ secrets, revalidate: (tag) => void told.push(tag) }) }
}

test('a signed delivery revalidates its tags, each once', async () => {
  const s = secret()
  const { POST, told } = handler([s])
  const response = await POST(delivery(s))
  assert.equal(response.status, 200)
  assert.deepEqual(told, ['pattern:circuit-breaker', 'pattern'])
})

test('while a secret is rotated both are good', async () => {
  const [old, fresh] = [secret(), secret()]
  const { POST, told } = handler([fresh, old])
  await POST(delivery(old, { id: 'msg_1' }))
  await POST(delivery(fresh, { id: 'msg_2' }))
  assert.equal(told.length, 4)
})

test('what the hub did not sign is refused', async () => {
  const s = secret()
  for (const request of [
    delivery(secret()),
    delivery(s, { change: (body) => body.replace('circuit', 'short') }),
    delivery(s, { at: new Date(Date.now() - 3_600_000) }),
    new Request('https://site.example/api/hub', { method: 'POST', body: '{}' }),
  ]) {
    const { POST, told } = handler([s])
    assert.equal((await POST(request)).status, 401)
    assert.deepEqual(told, [])
  }
})

test('a repeated delivery is answered and does nothing', async () => {
  const s = secret()
  const { POST, told } = handler([s])
  await POST(delivery(s))
  assert.deepEqual(await (await POST(delivery(s))).json(), { revalidated: 0, repeated: true })
  assert.equal(told.length, 2)
})

test('a delivery that could not be carried out may come again', async () => {
  const s = secret()
  let calls = 0
  const POST = webhook({
    secrets: [s],
    revalidate: () => {
      if (++calls === 1) throw new Error('the cache is unavailable')
    },
  })
  await assert.rejects(POST(delivery(s)))
  assert.equal((await POST(delivery(s))).status, 200)
})

test('a large body is refused', async () => {
  const s = secret()
  const { POST } = handler([s])
  assert.equal((await POST(delivery(s, { body: JSON.stringify('x'.repeat(2 << 20)) }))).status, 413)
})

test('a handler needs a secret', () => {
  assert.throws(() => webhook({ secrets: [undefined], revalidate: () => {} }))
})
