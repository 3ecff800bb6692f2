// A content loader for Astro on the hub's delta sync: the first build pulls everything, each
// later one only what has changed, deletions included. It is a plain module without packages:
//
//   // src/content.config.ts
//   import { defineCollection } from 'astro:content'
//   import { hub } from './loader.mjs'
//   export const collections = { patterns: defineCollection({ loader: hub({ url: 'https://hub.example', types: ['PATTERN'] }) }) }

/** The fields that each entry brings. Give `fields` to the loader for others. */
const usual = `
  name
  summary
  resourcePath
  ... on Pattern { category difficulty tier { slug name } body { html headings { level text anchor } } }
  ... on Page { body { html headings { level text anchor } } }
`

/** What the hub says when it cannot do what it is asked. */
export class HubError extends Error {
  constructor(message, code) {
    super(message)
    this.code = code
  }
}

/**
 * Makes the loader.
 *
 * @param {{ url: string, types?: string[], fields?: string, key?: string, pageSize?: number, fetch?: typeof fetch }} options
 *   fields is what to select on an entry; its `body { html }` becomes the rendered text.
 */
export function hub({ url, types, fields = usual, key, pageSize = 25, fetch = globalThis.fetch }) {
  const query = `query Changes($since: SyncToken, $types: [EntryType!], $first: Int!) {
    sync(since: $since, types: $types, first: $first) {
      hasMore
      nextToken
      changes {
        __typename
        ... on EntryUpsert { revision entry { id slug ${fields} } }
        ... on EntryDeletion { id }
      }
    }
  }`

  async function page(since) {
    const response = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
      },
      body: JSON.stringify({ query, variables: { since, types, first: pageSize } }),
    })
    const { data, errors } = await response.json()
    if (errors?.length) throw new HubError(errors[0].message, errors[0].extensions?.code)
    return data.sync
  }

  return {
    name: 'patternhub',
    async load({ store, meta, logger, parseData = async ({ data }) => data }) {
      let since = meta.get('token')
      let changed = 0
      let restarted = false
      for (let more = true; more; ) {
        let answer
        try {
          answer = await page(since)
        } catch (err) {
          if (!since || restarted || err.code !== 'SYNC_TOKEN_EXPIRED') throw err
          logger.info('the token has expired; everything is pulled again')
          // What was deleted meanwhile would otherwise stay for ever.
          store.clear()
          since = undefined
          restarted = true
          continue
        }
        for (const change of answer.changes) await apply(change, store, parseData)
        changed += answer.changes.length
        since = answer.nextToken
        // After each page the store is a copy of the hub at that token, so a build that breaks
        // off goes on from here.
        meta.set('token', since)
        more = answer.hasMore
      }
      logger.info(`${changed} changes taken in`)
    },
  }
}

/** Applies one change to a store. Entries are kept by their id, which a new slug does not change. */
async function apply(change, store, parseData) {
  if (change.__typename === 'EntryDeletion') {
    store.delete(change.id)
    return
  }
  const { id, body, ...rest } = change.entry
  const data = await parseData({ id, data: rest })
  store.set({
    id,
    data,
    digest: String(change.revision),
    ...(body
      ? {
          rendered: {
            html: body.html,
            metadata: { headings: (body.headings ?? []).map((h) => ({ depth: h.level, slug: h.anchor, text: h.text })) },
          },
        }
      : {}),
  })
}
