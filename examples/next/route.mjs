// A route handler for Next.js (app/api/hub/route.ts): it receives the hub's webhooks and
// revalidates the tags that have changed. Pages use the same tags when they read from the hub:
// those in the Surrogate-Key of the answer, or the type if any entry of it may affect the page:
//
//   fetch(hub, { next: { tags: ['pattern'] } })
//
// It is a plain module, so that it runs under Node and in Next.js:
//
//   import { revalidateTag } from 'next/cache'
//   import { webhook } from './route.mjs'
//   export const POST = webhook({ secrets: [process.env.HUB_WEBHOOK_SECRET], revalidate: (tag) => revalidateTag(tag, 'max') })

import { Webhook } from 'standardwebhooks'

/** The largest accepted payload; the hub's are far smaller. */
const maxBytes = 1 << 20

/**
 * Returns the handler. Two secrets may be valid at once, while the hub's secret is being rotated.
 *
 * @param {{ secrets: string[], revalidate: (tag: string) => void | Promise<void>, seen?: Set<string> }} options
 *   seen stores the ids of deliveries, since one may arrive more than once; any set with `has` and
 *   `add` works, such as one backed by a shared cache.
 * @returns {(request: Request) => Promise<Response>}
 */
export function webhook({ secrets, revalidate, seen = new Recent(1000) }) {
  const verifiers = secrets.filter(Boolean).map((secret) => new Webhook(secret))
  if (verifiers.length === 0) throw new Error('a webhook needs a secret')

  return async function POST(request) {
    const body = await read(request)
    if (body === undefined) return new Response('too large', { status: 413 })
    const payload = verify(verifiers, body, request.headers)
    // The response gives no reason, since the sender may be guessing.
    if (payload === undefined) return new Response('not verified', { status: 401 })

    const id = request.headers.get('webhook-id')
    if (seen.has(id)) return Response.json({ revalidated: 0, repeated: true })
    const tags = tagsOf(payload)
    // The delivery succeeds only after all tags: after an error the hub retries it.
    for (const tag of tags) await revalidate(tag)
    seen.add(id)
    return Response.json({ revalidated: tags.length })
  }
}

/** Reads the text of a request; undefined if it is too large. */
async function read(request) {
  if (Number(request.headers.get('content-length')) > maxBytes) return undefined
  const bytes = await request.arrayBuffer()
  return bytes.byteLength > maxBytes ? undefined : new TextDecoder().decode(bytes)
}

/** Returns the payload if one of the secrets signed it within the last five minutes. */
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

/** Returns the distinct cache tags of a payload. */
function tagsOf(payload) {
  const tags = payload?.data?.tags ?? payload?.tags
  return Array.isArray(tags) ? [...new Set(tags.filter((tag) => typeof tag === 'string' && tag !== ''))] : []
}

/** A set that removes the oldest ids above a limit. */
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
