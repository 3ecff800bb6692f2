import { graphql } from './gql/index.js'

/** Search results of any type; Tiered and Graded are interfaces. */
export const Found = graphql(/* GraphQL */ `
  query Found($query: String!) {
    search(query: $query, first: 5) {
      nodes {
        id
        name
        ... on Tiered {
          tier {
            id
            name
          }
        }
        ... on Graded {
          difficulty
        }
      }
    }
  }
`)

export const Patterns = graphql(/* GraphQL */ `
  query Patterns($first: Int!, $after: String) {
    patterns(first: $first, after: $after) {
      totalCount
      edges {
        node {
          id
          slug
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export const Words = graphql(/* GraphQL */ `
  query Words($slug: String!) {
    pattern(slug: $slug) {
      id
      body {
        wordCount
      }
    }
  }
`)

export const Minutes = graphql(/* GraphQL */ `
  query Minutes($slug: String!) {
    pattern(slug: $slug) {
      id
      body {
        readingMinutes
      }
    }
  }
`)

export const CompanyBySlug = graphql(/* GraphQL */ `
  query CompanyBySlug($slug: String!) {
    company(slug: $slug) {
      id
      name
    }
  }
`)

export const Changes = graphql(/* GraphQL */ `
  subscription Changes($ids: [ID!], $since: SyncToken) {
    entryChanged(ids: $ids, since: $since) {
      ... on EntryUpsert {
        token
        entry {
          id
          name
        }
      }
      ... on EntryDeletion {
        token
        entryId
      }
    }
  }
`)

export const Endpoints = graphql(/* GraphQL */ `
  query Endpoints {
    webhookEndpoints {
      id
    }
  }
`)

export const Create = graphql(/* GraphQL */ `
  mutation Create($input: CompanyInput!) {
    companyCreate(input: $input) {
      company {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`)

export const Publish = graphql(/* GraphQL */ `
  mutation Publish($id: ID!, $input: CompanyInput!) {
    companyUpdate(id: $id, input: $input) {
      userErrors {
        code
        message
      }
    }
    entryPublish(ids: [$id]) {
      token
      userErrors {
        code
        message
      }
    }
  }
`)

export const Delete = graphql(/* GraphQL */ `
  mutation Delete($id: ID!) {
    entryDelete(ids: [$id]) {
      userErrors {
        code
        message
      }
    }
  }
`)
