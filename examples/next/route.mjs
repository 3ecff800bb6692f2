// A route handler for Next.js (app/api/hub/route.ts): it takes the hub's webhooks and tells the
// cache which tags have changed. Pages name the same tags when they read from the hub:
//
//   fetch(hub, { next: { tags: ['pattern:circuit-breaker'] } })
//
// It is a plain module, so that it runs under Node as it does in Next.js:
//
//   import { revalidateTag } from 'next/cache'
//   import { webhook } from './route.mjs'
//   export const POST = webhook({ secrets: [process.env.HUB_WEBHOOK_SECRET], revalidate: (tag) => revalidateTag(tag, 'max') })

import { Webhook } from 'standardwebhooks'

/** The largest payload that is read; the hub's are far smaller. */
const maxBytes = 1 << 20

/**
 * Makes the handler. Two secrets may be valid at once, while the hub's is being rotated.
 *
 * @param {{ secrets: string[], revalidate: (tag: string) => void | Promise<void>, seen?: Set<string> }} options
 *   seen remembers the ids of deliveries, which come at least once; any set with `has` and `add`
 *   will do, such as one in front of a shared cache.
 * @returns {(request: Request) => Promise<Response>}
 */
export function webhook({ secrets, revalidate, seen = new Recent(1000) }) {
  const verifiers = secrets.filter(Boolean).map((secret) => new Webhook(secret))
  if (verifiers.length === 0) throw new Error('a webhook needs a secret')

  return async function POST(request) {
    const body = await read(request)
    if (body === undefined) return new Response('too large', { status: 413 })
    const payload = verify(verifiers, body, request.headers)
    // Nothing is told of why, since whoever asks may be guessing.
    if (payload === undefined) return new Response('not verified', { status: 401 })

    const id = request.headers.get('webhook-id')
    if (seen.has(id)) return Response.json({ revalidated: 0, repeated: true })
    const tags = tagsOf(payload)
    // Only when all tags are done is the delivery done: an error makes the hub try again.
    for (const tag of tags) await revalidate(tag)
    seen.add(id)
    return Response.json({ revalidated: tags.length })
  }
}

/** Reads the text of a request; undefined when it is too large. */
async function read(request) {
  if (Number(request.headers.get('content-length')) > maxBytes) return undefined
  const bytes = await request.arrayBuffer()
  return bytes.byteLength > maxBytes ? undefined : new TextDecoder().decode(bytes)
}

/** Gives the payload when one of the secrets signed it within the last five minutes. */
function verify(verifiers, body, headers) {
  const signed = {
    'webhook-id': headers.get('webhook-id') ?? '',
    'webhook-timestamp': headers.get('webhook-timestamp') ?? '',
    'webhook-signature': headers.get('webhook-signature') ?? '',
  }
  for (const verifier of verifiers) {
    try {
      return verifier.verify(body, signed)
    } catch {
      // The other secret may be the right one.
    }
  }
  return undefined
}

/** The cache tags that a payload names, each once. */
function tagsOf(payload) {
  const tags = payload?.data?.tags ?? payload?.tags
  return Array.isArray(tags) ? [...new Set(tags.filter((tag) => typeof tag === 'string' && tag !== ''))] : []
}

/** A set that forgets the oldest ids. */
class Recent extends Set {
  #limit

  constructor(limit) {
    super()
    this.#limit = limit
  }

  add(id) {
    super.add(id)
    if (this.size > this.#limit) this.delete(this.values().next().value)
    return this
  }
}
