import { Hub, HubError } from './client.js'
import { graphql } from './gql/index.js'

const PatternCards = graphql(/* GraphQL */ `
  query PatternCards($first: Int!, $after: String) {
    patterns(first: $first, after: $after, filter: { category: { in: [RESILIENCE] } }) {
      totalCount
      nodes {
        slug
        name
        tier {
          name
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

const PatternPage = graphql(/* GraphQL */ `
  query PatternPage($slug: String!) {
    pattern(slug: $slug) {
      name
      summary
      checklist {
        text
      }
      body {
        html
      }
    }
  }
`)

const hub = new Hub(process.env['HUB_URL'] ?? 'http://127.0.0.1:8080', process.env['HUB_KEY'])

try {
  let shown = 0
  for (let after: string | null | undefined; ; ) {
    const { patterns } = await hub.ask(PatternCards, { first: 5, after })
    if (!patterns) throw new Error('there is no list of patterns')
    for (const p of patterns.nodes) {
      console.log(`${(p.tier?.name ?? '').padEnd(7)} ${p.slug.padEnd(28)} ${p.name}`)
      shown++
    }
    if (!patterns.pageInfo.hasNextPage) {
      console.log(`${shown} of ${patterns.totalCount} resilience patterns`)
      if (shown !== patterns.totalCount) throw new Error('some pages are missing')
      break
    }
    after = patterns.pageInfo.endCursor
  }
  const { pattern } = await hub.ask(PatternPage, { slug: 'circuit-breaker' })
  if (!pattern) throw new Error('there is no circuit breaker')
  console.log(`\n${pattern.name}: ${pattern.summary}`)
  for (const item of pattern.checklist) console.log(`  [ ] ${item.text}`)
} catch (err) {
  if (!(err instanceof HubError)) throw err
  console.error(`${err.code}: ${err.message}`)
  process.exitCode = 1
}
