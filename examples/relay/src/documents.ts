// The documents for relay-compiler. A bundler with Relay's Babel plugin replaces them with the
// generated modules; this sample has none, so main.ts imports the modules itself.
import { graphql } from 'relay-runtime'

export const found = graphql`
  query documentsFoundQuery($query: String!) {
    search(query: $query, first: 5) {
      nodes {
        name
        ... on Tiered {
          tier {
            name
          }
        }
        ... on Graded {
          difficulty
        }
      }
    }
  }
`

export const patterns = graphql`
  query documentsPatternsQuery($first: Int!, $after: String) {
    patterns(first: $first, after: $after) @connection(key: "documents_patterns") {
      totalCount
      edges {
        node {
          slug
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`

export const company = graphql`
  query documentsCompanyQuery($id: ID!) {
    node(id: $id) {
      ... on Company {
        id
        name
      }
    }
  }
`

export const endpoints = graphql`
  query documentsEndpointsQuery {
    webhookEndpoints {
      id
    }
  }
`

export const changes = graphql`
  subscription documentsChangesSubscription($ids: [ID!], $since: SyncToken) {
    entryChanged(ids: $ids, since: $since) {
      __typename
      ... on EntryUpsert {
        token
        entry {
          id
          name
        }
      }
      ... on EntryDeletion {
        token
        entryId @deleteRecord
      }
    }
  }
`

export const create = graphql`
  mutation documentsCreateMutation($input: CompanyInput!) {
    companyCreate(input: $input) {
      company {
        id
      }
      userErrors {
        message
      }
    }
  }
`

export const publish = graphql`
  mutation documentsPublishMutation($id: ID!, $input: CompanyInput!) {
    companyUpdate(id: $id, input: $input) {
      userErrors {
        message
      }
    }
    entryPublish(ids: [$id]) {
      token
      userErrors {
        message
      }
    }
  }
`

export const remove = graphql`
  mutation documentsDeleteMutation($id: ID!) {
    entryDelete(ids: [$id]) {
      userErrors {
        message
      }
    }
  }
`
