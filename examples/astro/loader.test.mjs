import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hub } from './loader.mjs'

/** A context as Astro gives it: a store, what is remembered between builds, and a log. */
function context() {
  const entries = new Map()
  const remembered = new Map()
  const said = []
  const calls = { set: 0, delete: 0 }
  return {
    entries,
    said,
    calls,
    store: {
      set: (e) => (calls.set++, entries.set(e.id, e)),
      delete: (id) => (calls.delete++, entries.delete(id)),
      clear: () => entries.clear(),
    },
    meta: { get: (k) => remembered.get(k), set: (k, v) => remembered.set(k, v) },
    logger: { info: (line) => said.push(line) },
  }
}

/** A fetch that answers with prepared pages and keeps what it was asked. */
function answers(...pages) {
  const asked = []
  const fetch = async (_url, init) => {
    asked.push(JSON.parse(init.body).variables)
    return Response.json(pages.shift())
  }
  return { asked, fetch }
}

const upsert = (id, name, revision = 1) => ({ __typename: 'EntryUpsert', revision, entry: { id, slug: id, name } })
const pageOf = (nextToken, hasMore, ...changes) => ({ data: { sync: { nextToken, hasMore, changes } } })

test('pages are applied in order and the token is kept', async () => {
  const c = context()
  const { asked, fetch } = answers(
    pageOf('t1', true, upsert('a', 'A'), upsert('b', 'B')),
    pageOf('t2', false, { __typename: 'EntryDeletion', id: 'a' }, upsert('b', 'B again', 2)),
    pageOf('t2', false),
  )
  const loader = hub({ url: 'https://hub.example', fetch })
  await loader.load(c)
  assert.deepEqual([...c.entries.values()], [{ id: 'b', data: { slug: 'b', name: 'B again' }, digest: '2' }])
  await loader.load(c)
  assert.deepEqual(asked.map((v) => v.since), [undefined, 't1', 't2'])
})

test('an expired token starts again from nothing', async () => {
  const c = context()
  const { asked, fetch } = answers(
    pageOf('t1', false, upsert('gone', 'Gone')),
    { errors: [{ message: 'Expired.', extensions: { code: 'SYNC_TOKEN_EXPIRED' } }] },
    pageOf('t9', false, upsert('a', 'A')),
  )
  const loader = hub({ url: 'https://hub.example', fetch })
  await loader.load(c)
  await loader.load(c)
  assert.deepEqual([...c.entries.keys()], ['a'])
  assert.equal(asked[2].since, undefined)
})

test('other errors end the build', async () => {
  const { fetch } = answers({ errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] })
  await assert.rejects(hub({ url: 'https://hub.example', fetch }).load(context()), { code: 'FORBIDDEN' })
})

const url = process.env.HUB_URL

test('a running hub is pulled whole, and the second time not at all', { skip: !url && 'HUB_URL names no hub' }, async () => {
  const c = context()
  const loader = hub({ url, types: ['PATTERN'], pageSize: 40 })
  await loader.load(c)
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ patterns(first: 1) { totalCount } }' }),
  })
  const { data } = await response.json()
  assert.equal(c.entries.size, data.patterns.totalCount)
  const breaker = [...c.entries.values()].find((e) => e.data.slug === 'circuit-breaker')
  assert.match(breaker.rendered.html, /<h2 id="how-it-works">/)
  assert.equal(breaker.rendered.metadata.headings[0].depth, 2)
  const before = c.calls.set
  await loader.load(c)
  assert.equal(c.calls.set, before)
})
