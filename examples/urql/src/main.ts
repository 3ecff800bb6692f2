import assert from 'node:assert/strict'
import type { AnyVariables, TypedDocumentNode } from '@urql/core'
import { connect } from './client.js'
import { Changes, CompanyBySlug, Create, Delete, Endpoints, Found, Patterns, Publish } from './documents.js'
import type { ChangesSubscription } from './gql/graphql.js'

type Change = ChangesSubscription['entryChanged']

const hub = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080'
const key = process.env['HUB_KEY']
assert.ok(key, 'HUB_KEY is a key of a publisher')

const { client, sockets } = connect(hub)
const author = connect(hub, key)

// The cache warns about data that it cannot store, so a warning fails the sample.
console.warn = (...messages: unknown[]) => assert.fail(messages.join(' '))
process.on('unhandledRejection', (cause) => {
  throw cause
})

/** Executes a mutation that must succeed. */
async function write<Data, Variables extends AnyVariables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const { data, error } = await author.client.mutation(document, variables)
  if (error || !data) throw error ?? new Error('the answer is empty')
  for (const payload of Object.values(data)) assert.deepEqual((payload as { userErrors: unknown[] }).userErrors, [])
  return data
}

/** Subscribes to the changes of an entry after a token. */
function follow(id: string, since?: string) {
  const come: Change[] = []
  let wake = () => {}
  const { unsubscribe } = client.subscription(Changes, { ids: [id], since }).subscribe(({ data, error }) => {
    if (error) throw error
    if (data) come.push(data.entryChanged)
    wake()
  })
  return {
    stop: unsubscribe,
    /** Waits for the next change, which must set this name, and returns its token. */
    async named(name: string): Promise<string> {
      while (come.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const change = come.shift()
      assert.ok(change && 'entry' in change)
      assert.equal(change.entry.name, name)
      return change.token
    },
  }
}

const late = setTimeout(() => assert.fail('the hub was silent for a minute'), 60_000)

// A typed query with fragments on interfaces; the second result comes from the cache.
const found = await client.query(Found, { query: 'circuit breaker' }, { requestPolicy: 'network-only' })
assert.equal(found.error, undefined)
const first = found.data?.search?.nodes[0]
assert.ok(first && 'tier' in first && first.tier)
console.log(`${first.name}: ${first.tier.name}, ${'difficulty' in first ? first.difficulty : ''}`)
const again = await client.query(Found, { query: 'circuit breaker' }, { requestPolicy: 'cache-only' })
assert.deepEqual(again.data, found.data)

// Pages of a list become one list in the cache.
let after: string | null | undefined
let pages = 0
for (; pages < 3; pages++) {
  const page = await client.query(Patterns, { first: 10, after })
  assert.equal(page.error, undefined)
  after = page.data?.patterns?.pageInfo.endCursor
}
const merged = await client.query(Patterns, { first: 10 }, { requestPolicy: 'cache-only' })
const slugs = merged.data?.patterns?.nodes.map((pattern) => pattern.slug) ?? []
assert.equal(new Set(slugs).size, 30)
assert.equal(slugs.length, 30)
console.log(`${slugs.length} of ${merged.data?.patterns?.totalCount} patterns in the cache from ${pages} pages`)

// A field that needs a key reports it by the error's code.
const refused = await client.query(Endpoints, {})
assert.equal(refused.error?.graphQLErrors[0]?.extensions['code'], 'UNAUTHENTICATED')

// Changes arrive as they are published and, after a disconnect, from the last token.
const slug = `urql-${Date.now()}`
const made = await write(Create, { input: { slug, name: 'Nil', summary: 'Changed.', kind: 'COMPANY', industry: 'Software' } })
const id = made.companyCreate?.company?.id
assert.ok(id)
try {
  const one = await write(Publish, { id, input: { name: 'One' } })
  const shown = await client.query(CompanyBySlug, { slug })
  assert.equal(shown.data?.company?.name, 'One')

  const changes = follow(id, one.entryPublish?.token ?? undefined)
  let token: string | undefined
  for (const name of ['Two', 'Three']) {
    await write(Publish, { id, input: { name } })
    token = await changes.named(name)
    const kept = await client.query(CompanyBySlug, { slug }, { requestPolicy: 'cache-only' })
    assert.equal(kept.data?.company?.name, name)
  }
  changes.stop()

  await write(Publish, { id, input: { name: 'Four' } })
  await write(Publish, { id, input: { name: 'Five' } })
  const rest = follow(id, token)
  await rest.named('Four')
  await rest.named('Five')
  rest.stop()
  console.log('changes arrived live and, after a disconnect, from the last token')
} finally {
  await write(Delete, { id })
}

// The socket of the author was opened with the key.
for await (const { data } of author.sockets.iterate<{ viewer: { accessRole: string } }>({ query: '{ viewer { accessRole } }' })) {
  assert.equal(data?.viewer.accessRole, 'PUBLISHER')
}

clearTimeout(late)
await sockets.dispose()
await author.sockets.dispose()
