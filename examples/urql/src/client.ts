import { readFileSync } from 'node:fs'
import { cacheExchange } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import { createClient, type Client as Sockets } from 'graphql-ws'
import WebSocket from 'ws'

interface Described {
  __schema: {
    queryType: { name: string }
    mutationType: { name: string }
    subscriptionType: { name: string }
    types: { kind: string; name: string; fields?: { name: string }[] }[]
  }
}

/** The hub's schema in the form that Graphcache needs. */
const schema = JSON.parse(readFileSync(new URL('../../../docs/clients/graphcache.json', import.meta.url), 'utf8')) as Described

/**
 * Objects without an id are embedded in the object that contains them, and so is EntryDeletion, whose
 * id is that of another object.
 */
const keys = Object.fromEntries(
  schema.__schema.types
    .filter((type) => type.kind === 'OBJECT' && !(type.fields ?? []).some((field) => field.name === 'id'))
    .map((type) => type.name)
    .concat('EntryDeletion')
    .map((name) => [name, () => null]),
)

/** Returns a client with a normalized cache, and its sockets, which the caller closes. */
export function connect(hub: string, key?: string): { client: Client; sockets: Sockets } {
  const credentials = key ? { Authorization: `Bearer ${key}` } : undefined
  const sockets = createClient({
    url: `${hub.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    ...(credentials ? { connectionParams: credentials } : {}),
  })
  const client = new Client({
    url: `${hub}/graphql`,
    preferGetMethod: false,
    ...(credentials ? { fetchOptions: { headers: credentials } } : {}),
    exchanges: [
      cacheExchange({
        schema,
        keys,
        resolvers: { Query: { patterns: relayPagination() } },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({
            unsubscribe: sockets.subscribe({ query: query ?? '', ...(variables ? { variables: { ...variables } } : {}) }, sink),
          }),
        }),
      }),
    ],
  })
  return { client, sockets }
}
