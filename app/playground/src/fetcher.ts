import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
} from "graphql";

/** The endpoint has the origin of the page, so that the page needs no configuration. */
export const endpoint = "/graphql";

/**
 * Sends operations by HTTP and subscriptions by WebSocket. Both send the headers that the user types
 * below the query, such as Authorization; a socket sends them in its connection_init.
 */
export function createFetcher(): Fetcher {
  const url = new URL(endpoint, window.location.href);
  const socket = new URL(url);
  socket.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return createGraphiQLFetcher({
    url: url.href,
    subscriptionUrl: socket.href,
    enableIncrementalDelivery: false,
  });
}

/** Fetches the schema; null if introspection is off or the service is unavailable. */
export async function introspect(): Promise<GraphQLSchema | null> {
  try {
    const response = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify({
        query: getIntrospectionQuery(),
        operationName: "IntrospectionQuery",
      }),
    });
    const answer = (await response.json()) as { data?: IntrospectionQuery };
    return answer.data ? buildClientSchema(answer.data) : null;
  } catch {
    return null;
  }
}
