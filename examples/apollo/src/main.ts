import assert from 'node:assert/strict'
import { CombinedGraphQLErrors, type OperationVariables, type TypedDocumentNode } from '@apollo/client'
import { connect } from './client.js'
import { Changes, CompanyBySlug, Create, Delete, Endpoints, Found, Minutes, Patterns, Publish, Words } from './documents.js'
import type { ChangesSubscription } from './gql/graphql.js'

type Change = ChangesSubscription['entryChanged']

const hub = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080'
const key = process.env['HUB_KEY']
assert.ok(key, 'HUB_KEY is a key of a publisher')

const { client, sockets } = connect(hub)
const author = connect(hub, key)

// The cache warns about data that it cannot store, so a warning fails the sample.
console.error = (...messages: unknown[]) => assert.fail(messages.join(' '))
console.warn = console.error

/** Executes a mutation that must succeed. */
async function write<Data, Variables extends OperationVariables>(mutation: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const { data } = await author.client.mutate<Data, OperationVariables>({ mutation, variables })
  assert.ok(data)
  for (const payload of Object.values(data)) {
    if (payload && typeof payload === 'object') assert.deepEqual((payload as { userErrors: unknown[] }).userErrors, [])
  }
  return data
}

/** Subscribes to the changes of an entry after a token. */
function follow(id: string, since?: string | null) {
  const come: Change[] = []
  let wake = () => {}
  const subscription = client.subscribe({ query: Changes, variables: { ids: [id], since } }).subscribe(({ data, error }) => {
    if (error) throw error
    if (data) come.push(data.entryChanged)
    wake()
  })
  return {
    stop: () => subscription.unsubscribe(),
    /** Waits for the next change, which must set this name, and returns its token. */
    async named(name: string): Promise<string> {
      while (come.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const change = come.shift()
      assert.ok(change?.__typename === 'EntryUpsert')
      assert.equal(change.entry.name, name)
      return change.token
    },
  }
}

const late = setTimeout(() => assert.fail('the hub was silent for a minute'), 60_000)

// A typed query with fragments on interfaces; the second result comes from the cache.
const found = await client.query({ query: Found, variables: { query: 'circuit breaker' } })
const first = found.data?.search?.nodes[0]
assert.ok(first && 'tier' in first && first.tier)
console.log(`${first.name}: ${first.tier.name}, ${'difficulty' in first ? first.difficulty : ''}`)
assert.deepEqual(client.readQuery({ query: Found, variables: { query: 'circuit breaker' } }), found.data)

// Pages of a list become one list in the cache.
let after: string | null | undefined
for (let pages = 0; pages < 3; pages++) {
  const page = await client.query({ query: Patterns, variables: { first: 10, after }, fetchPolicy: 'network-only' })
  after = page.data?.patterns?.pageInfo.endCursor
}
const merged = client.readQuery({ query: Patterns, variables: { first: 10 } })
const slugs = merged?.patterns?.edges.map((edge) => edge.node.slug) ?? []
assert.equal(slugs.length, 30)
assert.equal(new Set(slugs).size, 30)
console.log(`${slugs.length} of ${merged?.patterns?.totalCount} patterns in the cache from 3 pages`)

// The cache merges the parts of a text that different queries select.
await client.query({ query: Words, variables: { slug: 'saga' } })
await client.query({ query: Minutes, variables: { slug: 'saga' } })
assert.ok(client.readQuery({ query: Words, variables: { slug: 'saga' } })?.pattern?.body.wordCount)

// A field that needs a key reports it by the error's code.
const refused: unknown = await client.query({ query: Endpoints }).catch((err: unknown) => err)
assert.ok(CombinedGraphQLErrors.is(refused))
assert.equal(refused.errors[0]?.extensions?.['code'], 'UNAUTHENTICATED')

// Changes arrive as they are published and, after a disconnect, from the last token.
const slug = `apollo-${Date.now()}`
const made = await write(Create, { input: { slug, name: 'Nil', summary: 'Changed.', kind: 'COMPANY', industry: 'Software' } })
const id = made.companyCreate?.company?.id
assert.ok(id)
try {
  const one = await write(Publish, { id, input: { name: 'One' } })
  const shown = await client.query({ query: CompanyBySlug, variables: { slug } })
  assert.equal(shown.data?.company?.name, 'One')

  const changes = follow(id, one.entryPublish?.token)
  let token: string | undefined
  for (const name of ['Two', 'Three']) {
    await write(Publish, { id, input: { name } })
    token = await changes.named(name)
    assert.equal(client.readQuery({ query: CompanyBySlug, variables: { slug } })?.company?.name, name)
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
client.stop()
author.client.stop()
