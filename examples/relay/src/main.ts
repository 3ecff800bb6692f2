import assert from 'node:assert/strict'
import {
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  requestSubscription,
  type ConcreteRequest,
  type MutationParameters,
  type OperationType,
} from 'relay-runtime'
import { connect } from './environment.js'
import Changes, { type documentsChangesSubscription } from './__generated__/documentsChangesSubscription.graphql.js'
import CompanyById, { type documentsCompanyQuery } from './__generated__/documentsCompanyQuery.graphql.js'
import Create, { type documentsCreateMutation } from './__generated__/documentsCreateMutation.graphql.js'
import Delete, { type documentsDeleteMutation } from './__generated__/documentsDeleteMutation.graphql.js'
import Endpoints from './__generated__/documentsEndpointsQuery.graphql.js'
import Found, { type documentsFoundQuery } from './__generated__/documentsFoundQuery.graphql.js'
import Patterns, { type documentsPatternsQuery } from './__generated__/documentsPatternsQuery.graphql.js'
import Publish, { type documentsPublishMutation } from './__generated__/documentsPublishMutation.graphql.js'

type Change = documentsChangesSubscription['response']['entryChanged']

const hub = process.env['HUB_URL'] ?? 'http://127.0.0.1:8080'
const key = process.env['HUB_KEY']
assert.ok(key, 'HUB_KEY is a key of a publisher')

const { environment, sockets } = connect(hub)
const author = connect(hub, key)

// The store warns about data that it cannot store, so a warning fails the sample.
console.error = (...messages: unknown[]) => assert.fail(messages.join(' '))
console.warn = console.error

/** Reads a query from the store. */
function kept<Query extends OperationType>(query: ConcreteRequest, variables: Query['variables']): Query['response'] {
  return environment.lookup(createOperationDescriptor(query, variables).fragment).data as Query['response']
}

/** Fetches a query and retains the answer in the store while the program runs. */
async function ask<Query extends OperationType>(query: ConcreteRequest, variables: Query['variables']): Promise<Query['response']> {
  environment.retain(createOperationDescriptor(query, variables))
  const answer = await fetchQuery<Query>(environment, query, variables).toPromise()
  assert.ok(answer)
  return answer
}

/** Executes a mutation that must succeed. */
async function write<Mutation extends MutationParameters>(mutation: ConcreteRequest, variables: Mutation['variables']): Promise<Mutation['response']> {
  const answer = await new Promise<Mutation['response']>((resolve, reject) => {
    commitMutation<Mutation>(author.environment, { mutation, variables, onCompleted: resolve, onError: reject })
  })
  for (const payload of Object.values(answer as Record<string, { userErrors: unknown[] }>)) assert.deepEqual(payload.userErrors, [])
  return answer
}

/** Subscribes to the changes of an entry after a token. */
function follow(id: string, since?: string | null) {
  const come: Change[] = []
  let wake = () => {}
  const { dispose } = requestSubscription<documentsChangesSubscription>(environment, {
    subscription: Changes,
    variables: { ids: [id], since },
    onError: (err) => {
      throw err
    },
    onNext: (answer) => {
      if (answer) come.push(answer.entryChanged)
      wake()
    },
  })
  async function next(): Promise<Change> {
    for (;;) {
      const change = come.shift()
      if (change) return change
      await new Promise<void>((resolve) => (wake = resolve))
    }
  }
  return {
    stop: dispose,
    next,
    /** Waits for the next change, which must set this name, and returns its token. */
    async named(name: string): Promise<string> {
      const change = await next()
      assert.ok(change.__typename === 'EntryUpsert')
      assert.equal(change.entry.name, name)
      return change.token
    },
  }
}

async function reads() {
  // A typed query with fragments on interfaces; the store has the same result.
  const found = await ask<documentsFoundQuery>(Found, { query: 'circuit breaker' })
  const first = found.search?.nodes[0]
  assert.equal(first?.tier?.name, 'Gold')
  console.log(`${first.name}: ${first.tier.name}, ${first.difficulty}`)
  assert.deepEqual(kept<documentsFoundQuery>(Found, { query: 'circuit breaker' }), found)

  // Pages of a connection become one list in the store.
  let after: string | null | undefined
  for (let pages = 0; pages < 3; pages++) {
    await ask<documentsPatternsQuery>(Patterns, { first: 10, after })
    after = kept<documentsPatternsQuery>(Patterns, { first: 10 }).patterns?.pageInfo.endCursor
  }
  const merged = kept<documentsPatternsQuery>(Patterns, { first: 10 }).patterns
  const slugs = merged?.edges.map((edge) => edge.node.slug) ?? []
  assert.equal(slugs.length, 30)
  assert.equal(new Set(slugs).size, 30)
  console.log(`${slugs.length} of ${merged?.totalCount} patterns in the store from 3 pages`)

  // A field that needs a key reports it by the error's code. Relay throws if there are only errors, so the sample reads the response itself.
  const refused = await environment.getNetwork().execute(Endpoints.params, {}, {}).toPromise()
  assert.ok(refused && 'errors' in refused && refused.errors)
  const [error] = refused.errors as { extensions?: { code?: string } }[]
  assert.equal(error?.extensions?.code, 'UNAUTHENTICATED')
}

async function changes() {
  const made = await write<documentsCreateMutation>(Create, {
    input: { slug: `relay-${Date.now()}`, name: 'Nil', summary: 'Changed.', kind: 'COMPANY', industry: 'Software' },
  })
  const id = made.companyCreate?.company?.id
  assert.ok(id)
  const name = () => (kept<documentsCompanyQuery>(CompanyById, { id }).node as { name?: string } | null | undefined)?.name
  const publish = (to: string) => write<documentsPublishMutation>(Publish, { id, input: { name: to } })
  let gone = false
  try {
    const one = await publish('One')
    await ask<documentsCompanyQuery>(CompanyById, { id })
    assert.equal(name(), 'One')

    const received = follow(id, one.entryPublish?.token)
    let token: string | undefined
    for (const next of ['Two', 'Three']) {
      await publish(next)
      token = await received.named(next)
      assert.equal(name(), next)
    }
    received.stop()

    // Changes during a disconnect arrive from the last token; the deletion removes the entry from the store.
    await publish('Four')
    await write<documentsDeleteMutation>(Delete, { id })
    gone = true
    const rest = follow(id, token)
    await rest.named('Four')
    const deletion = await rest.next()
    assert.ok(deletion.__typename === 'EntryDeletion')
    assert.equal(deletion.entryId, id)
    assert.equal(name(), undefined)
    rest.stop()
    console.log('changes arrived live and, after a disconnect, from the last token')
  } finally {
    if (!gone) await write<documentsDeleteMutation>(Delete, { id })
  }
}

async function main() {
  const late = setTimeout(() => assert.fail('the hub was silent for a minute'), 60_000)
  await reads()
  await changes()
  // The socket of the author was opened with the key.
  for await (const { data } of author.sockets.iterate<{ viewer: { accessRole: string } }>({ query: '{ viewer { accessRole } }' })) {
    assert.equal(data?.viewer.accessRole, 'PUBLISHER')
  }
  clearTimeout(late)
  await sockets.dispose()
  await author.sockets.dispose()
}

void main()
