package web_test

// sdl is the schema of the tests: every shape that the surface treats in its own way.
const sdl = `
directive @cost(weight: String!) on FIELD_DEFINITION
directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
directive @note(text: String) repeatable on FIELD | QUERY | FRAGMENT_SPREAD | INLINE_FRAGMENT | FRAGMENT_DEFINITION
scalar DateTime
enum TierName { GOLD SILVER BRONZE }
input SlugFilter { in: [String!] }
input PatternFilter { law: SlugFilter, other: SlugFilter, tier: TierName, and: [PatternFilter!], slug: [String!], rank: Int = 3, need: String! = "x" }
input Key @oneOf { slug: String, id: ID }
interface Node { id: ID! }
type Query {
  hello: String
  echo(text: String, n: Int, f: Float, b: Boolean, id: ID, tier: TierName, filter: PatternFilter, ids: [ID!], grid: [[Int]], when: DateTime, key: Key): String
  need(text: String!, n: Int! = 1): String
  patterns(first: Int, after: String, last: Int, before: String, filter: PatternFilter): PatternConnection!
  pattern(slug: String!): Pattern
  nodes(ids: [ID!]!): [Node]! @listSize(assumedSize: 100, slicingArguments: ["ids"])
  laws: [Law!]! @listSize(assumedSize: 8)
  plain: [Law!]!
  node(id: ID!): Node
  fail(kind: String!): String
  boom: String
  slow: String
  dear: Law @cost(weight: "100")
  rateLimit(dryRun: Boolean): RateLimit
  viewer: Viewer
}
type RateLimit { cost: Int! remaining: Int! }
type Viewer { name: String }
type Mutation { touch(id: ID!): Pattern }
type Subscription { ticks(kind: String): Tick! }
type Tick { n: Int! }
type Law implements Node { id: ID! name: String! pattern: Pattern }
type Pattern implements Node { id: ID! slug: String! name: String! body: String @cost(weight: "5") tier: Law related(first: Int, last: Int): PatternConnection! }
type PatternConnection { edges: [PatternEdge!]! nodes: [Pattern!]! totalCount: Int! pageInfo: PageInfo! }
type PatternEdge { cursor: String! node: Pattern! }
type PageInfo { hasNextPage: Boolean! }
`
