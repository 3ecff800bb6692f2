import { createClient, type Client as Sockets } from 'graphql-ws'
import { Environment, Network, Observable, RecordSource, Store, type GraphQLResponse } from 'relay-runtime'
import WebSocket from 'ws'

/** Returns an environment for one hub, and its sockets, which the caller closes. */
export function connect(hub: string, key?: string): { environment: Environment; sockets: Sockets } {
  const credentials: Record<string, string> = key ? { Authorization: `Bearer ${key}` } : {}
  const sockets = createClient({
    url: `${hub.replace(/^http/, 'ws')}/graphql`,
    connectionParams: { headers: credentials },
    webSocketImpl: WebSocket,
  })
  const network = Network.create(
    async ({ text }, variables) => {
      const response = await fetch(`${hub}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json', ...credentials },
        body: JSON.stringify({ query: text, variables }),
      })
      return (await response.json()) as GraphQLResponse
    },
    ({ text }, variables) =>
      Observable.create<GraphQLResponse>((sink) =>
        sockets.subscribe({ query: text ?? '', variables }, { ...sink, next: (result) => sink.next(result as GraphQLResponse) }),
      ),
  )
  const environment = new Environment({
    network,
    store: new Store(new RecordSource()),
    // The compiler selects every id, and that of EntryDeletion is the id of another object, which the
    // deletion would otherwise replace in the store.
    getDataID: (fields, type) => (type === 'EntryDeletion' ? undefined : fields['id']) as string,
  })
  return { environment, sockets }
}
