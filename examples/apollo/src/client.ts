import { readFileSync } from 'node:fs'
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client'
import { GraphQLWsLink } from '@apollo/client/link/subscriptions'
import { relayStylePagination } from '@apollo/client/utilities'
import { OperationTypeNode } from 'graphql'
import { createClient, type Client as Sockets } from 'graphql-ws'
import WebSocket from 'ws'

/** The types of the hub's interfaces and unions. */
const possibleTypes = JSON.parse(readFileSync(new URL('../../../docs/clients/possibleTypes.json', import.meta.url), 'utf8')) as Record<string, string[]>

function newCache(): InMemoryCache {
  return new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Query: {
        fields: {
          // Pages become one list for each filter and order. Edges are merged, nodes are not.
          patterns: relayStylePagination(['filter', 'orderBy']),
        },
      },
      // Its id is that of another object.
      EntryDeletion: { keyFields: false },
      // It has no id, and queries select different parts of it.
      RichText: { merge: true },
    },
  })
}

/** Returns a client with a normalized cache, and its sockets, which the caller closes. */
export function connect(hub: string, key?: string): { client: ApolloClient; sockets: Sockets } {
  const credentials: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {}
  const sockets = createClient({
    url: `${hub.replace(/^http/, 'ws')}/graphql`,
    connectionParams: credentials,
    webSocketImpl: WebSocket,
  })
  const client = new ApolloClient({
    cache: newCache(),
    clientAwareness: { name: 'sample', version: '1' },
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(sockets),
      new HttpLink({ uri: `${hub}/graphql`, headers: credentials }),
    ),
  })
  return { client, sockets }
}
