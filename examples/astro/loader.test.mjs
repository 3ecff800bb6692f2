import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { hub } from './loader.mjs'

/** A context as from Astro: a store, metadata that persists between builds, and a log. */
function context() {
  const entries = new Map()
  const remembered = new Map()
  const logged = []
  const calls = { set: 0, delete: 0 }
  return {
    entries,
    logged,
    calls,
    store: {
      set: (e) => (calls.set++, entries.set(e.id, e)),
      delete: (id) => (calls.delete++, entries.delete(id)),
      clear: () => entries.clear(),
    },
    meta: { get: (k) => remembered.get(k), set: (k, v) => remembered.set(k, v), delete: (k) => remembered.delete(k) },
    generateDigest: (data) => createHash('sha256').update(JSON.stringify(data)).digest('hex'),
    logger: { info: (line) => logged.push(line) },
  }
}

/** A fetch that returns prepared pages and records its requests. */
function answers(...pages) {
  const asked = []
  const fetch = async (_url, init) => {
    asked.push(JSON.parse(init.body).variables)
    return Response.json(pages.shift())
  }
  return { asked, fetch }
}

const upsert = (id, name) => ({ __typename: 'EntryUpsert', entry: { id, slug: id, name } })
const pageOf = (nextToken, hasMore, ...changes) => ({ data: { sync: { nextToken, hasMore, changes } } })

test('pages are applied in order and the token is kept', async () => {
  const c = context()
  const { asked, fetch } = answers(
    pageOf('t1', true, upsert('a', 'A'), upsert('b', 'B')),
    pageOf('t2', false, { __typename: 'EntryDeletion', entryId: 'a' }, upsert('b', 'B again')),
    pageOf('t2', false),
  )
  const loader = hub({ url: 'https://hub.example', fetch })
  await loader.load(c)
  const data = { slug: 'b', name: 'B again' }
  assert.deepEqual([...c.entries.values()], [{ id: 'b', data, digest: c.generateDigest({ id: 'b', ...data }) }])
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

for (const [what, options] of Object.entries({
  'another hub': { url: 'https://other.example' },
  'other types': { types: ['LAW'] },
  'other fields': { fields: 'name' },
})) {
  test(`${what} is another copy`, async () => {
    const c = context()
    const { asked, fetch } = answers(pageOf('t1', false, upsert('gone', 'Gone')), pageOf('u1', false, upsert('a', 'A')), pageOf('u1', false))
    const usual = { url: 'https://hub.example', types: ['PATTERN'], fetch }
    await hub(usual).load(c)
    await hub({ ...usual, ...options }).load(c)
    assert.deepEqual([...c.entries.keys()], ['a'])
    assert.equal(asked[1].since, undefined)
    // With the same options it continues.
    await hub({ ...usual, ...options }).load(c)
    assert.equal(asked[2].since, 'u1')
    assert.deepEqual([...c.entries.keys()], ['a'])
  })
}

test('another database behind the same address is another copy', async () => {
  const c = context()
  const { asked, fetch } = answers(
    pageOf('t1', false, upsert('gone', 'Gone')),
    { errors: [{ message: 'This is not a sync token of this hub.', extensions: { code: 'BAD_USER_INPUT' } }] },
    pageOf('u1', false, upsert('a', 'A')),
  )
  const loader = hub({ url: 'https://hub.example', fetch })
  await loader.load(c)
  await loader.load(c)
  assert.deepEqual([...c.entries.keys()], ['a'])
  assert.equal(asked[2].since, undefined)
})

test('a hub that refuses every pull ends the build', async () => {
  const c = context()
  const refusal = { errors: [{ message: 'No.', extensions: { code: 'BAD_USER_INPUT' } }] }
  const { fetch } = answers(pageOf('t1', false), refusal, refusal)
  const loader = hub({ url: 'https://hub.example', fetch })
  await loader.load(c)
  await assert.rejects(loader.load(c), { code: 'BAD_USER_INPUT' })
})

test('other errors end the build', async () => {
  const { fetch } = answers({ errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] })
  await assert.rejects(hub({ url: 'https://hub.example', fetch }).load(context()), { code: 'FORBIDDEN' })
})

const url = process.env.HUB_URL

test('a running hub is pulled whole, and the second time not at all', { skip: !url && 'HUB_URL names no hub' }, async () => {
  const c = context()
  const loader = hub({ url, types: ['PATTERN'], pageSize: 40 })
  const { schema, types } = await loader.createSchema()
  assert.match(types, /^export type Entry = \{ __typename: 'Pattern'; slug: string; .*difficulty: \('BEGINNER' \| /)
  c.parseData = async ({ data }) => schema.parse(data)
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

test('each type and any fields of a running hub fit the schema made for them', { skip: !url && 'HUB_URL names no hub' }, async () => {
  const fields = `
    title: name
    updatedAt
    body { html wordCount }
    ... on Timed { readingMinutes }
    ... on LawBound { laws { slug number } }
    ... on Company { kind aliases }
    ... on CaseStudy { year pillars { slug } }
  `
  const c = context()
  const loader = hub({ url, fields })
  const { schema, types } = await loader.createSchema()
  for (const type of ['CaseStudy', 'FailureStudy', 'Page']) assert.match(types, new RegExp(`__typename: '${type}'`))
  c.parseData = async ({ data }) => schema.parse(data)
  await loader.load(c)
  assert.ok(c.entries.size > 500)
  const breaker = [...c.entries.values()].find((e) => e.data.slug === 'circuit-breaker')
  assert.ok(breaker.rendered.html && breaker.data.body.wordCount > 100)
  assert.equal(breaker.data.body.html, undefined)
  assert.throws(() => schema.parse({ ...[...c.entries.values()][0].data, title: 1 }))
})

test('a hub without the fields or the types says so', { skip: !url && 'HUB_URL names no hub' }, async () => {
  await assert.rejects(hub({ url, fields: 'nick' }).createSchema(), /Cannot query field "nick"/)
  await assert.rejects(hub({ url, types: ['NOTION'] }).createSchema(), /none of the entry types NOTION/)
})
