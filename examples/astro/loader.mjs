// A content loader for Astro with the hub's delta sync: the first build pulls everything, each
// later one only the changes, deletions included. The collection's schema and its types
// come from the hub's own schema:
//
//   // src/content.config.ts
//   import { defineCollection } from 'astro:content'
//   import { hub } from './loader.mjs'
//   export const collections = { patterns: defineCollection({ loader: hub({ url: 'https://hub.example', types: ['PATTERN'] }) }) }

import { describe } from './schema.mjs'

/** The default fields of each entry; the option `fields` replaces them. */
const usual = `
  name
  summary
  resourcePath
  body { html headings { level text anchor } }
  ... on Tiered { tier { slug name } }
  ... on Graded { difficulty }
  ... on Pattern { category }
`

/** An error of the hub. */
export class HubError extends Error {
  constructor(message, code) {
    super(message)
    this.code = code
  }
}

/**
 * Returns the loader.
 *
 * @param {{ url: string, types?: string[], fields?: string, key?: string, pageSize?: number, fetch?: typeof fetch }} options
 *   fields is the selection on an entry; its `body { html }` becomes the rendered text. Names of other
 *   entries may be out of date, since they are those of the time when this entry was published: select
 *   slugs and look the entries up.
 */
export function hub({ url, types, fields = usual, key, pageSize = 25, fetch = globalThis.fetch }) {
  const query = `query Changes($since: SyncToken, $types: [EntryType!], $first: Int!) {
    sync(since: $since, types: $types, first: $first) {
      hasMore
      nextToken
      changes {
        __typename
        ... on EntryUpsert { entry { __typename id slug ${fields} } }
        ... on EntryDeletion { entryId }
      }
    }
  }`

  async function ask(query, variables) {
    const response = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(key ? { authorization: `Bearer ${key}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors } = await response.json()
    if (errors?.length) throw new HubError(errors[0].message, errors[0].extensions?.code)
    return data
  }

  // The source of the store. A store of another source is useless, and its token is invalid.
  const source = JSON.stringify([new URL('/graphql', url).href, types ? [...types].sort() : null, fields.split(/\s+/).join(' ').trim()])

  return {
    name: 'patternhub',
    createSchema: () => describe(ask, types, fields),
    async load({ store, meta, logger, generateDigest = JSON.stringify, parseData = async ({ data }) => data }) {
      function restart(why) {
        logger.info(`${why}; pulling everything again`)
        // Entries that were deleted meanwhile would otherwise stay.
        store.clear()
        meta.delete('token')
      }
      if (meta.get('token') && meta.get('source') !== source) restart('the hub, the types or the fields have changed')
      meta.set('source', source)

      let changed = 0
      let restarted = false
      for (let more = true; more; ) {
        const since = meta.get('token')
        let answer
        try {
          answer = (await ask(query, { since, types, first: pageSize })).sync
        } catch (err) {
          // A token is also invalid if the hub at this address has another database now.
          if (!since || restarted || !['SYNC_TOKEN_EXPIRED', 'BAD_USER_INPUT'].includes(err.code)) throw err
          restart('the token is not valid any more')
          restarted = true
          continue
        }
        for (const change of answer.changes) await apply(change, { store, parseData, generateDigest })
        changed += answer.changes.length
        // After each page the store matches the hub at that token, so an interrupted build
        // continues from here.
        meta.set('token', answer.nextToken)
        more = answer.hasMore
      }
      logger.info(`${changed} changes applied`)
    },
  }
}

/** Applies one change to a store. The key is the entry's id, which a new slug does not change. */
async function apply(change, { store, parseData, generateDigest }) {
  if (change.__typename === 'EntryDeletion') {
    store.delete(change.entryId)
    return
  }
  const { id, body, ...fields } = change.entry
  const { html, headings = [], ...rest } = body ?? {}
  const data = await parseData({ id, data: { ...fields, ...(Object.keys(rest).length > 0 ? { body: rest } : {}) } })
  const rendered = { html, metadata: { headings: headings.map((h) => ({ depth: h.level, slug: h.anchor, text: h.text })) } }
  // Astro does not update an entry with the same digest.
  store.set({ id, data, digest: generateDigest(change.entry), ...(html === undefined ? {} : { rendered }) })
}
