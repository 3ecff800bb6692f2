import { type GraphQLSchema, parse, validate } from "graphql";

/** An example is a document and its variables, if any, as JSON text. */
export interface Example {
  query: string;
  variables?: string;
}

const queries = import.meta.glob<string>("../examples/*.graphql", {
  query: "?raw",
  import: "default",
  eager: true,
});
const variables = import.meta.glob<string>("../examples/*.json", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** All examples, in the order of their file names. */
export const examples: Example[] = Object.keys(queries)
  .sort()
  .map((file) => ({
    query: queries[file],
    variables: variables[file.replace(/\.graphql$/, ".json")],
  }));

/**
 * The examples that are valid for a schema, since a hub may be older than this page or lack a tool.
 * Without a schema, all of them.
 */
export function fitting(schema: GraphQLSchema | null): Example[] {
  if (schema === null) {
    return examples;
  }
  return examples.filter(({ query }) => validate(schema, parse(query)).length === 0);
}

/**
 * The document and variables in the fragment of an address, as the pages of the site link to the query
 * behind them; undefined without one. A browser keeps a fragment to itself, so the length is not limited.
 */
export function linkedExample(hash: string): Example | undefined {
  const given = new URLSearchParams(hash.slice(1));
  const query = given.get("query");
  return query === null ? undefined : { query, variables: given.get("variables") ?? undefined };
}
