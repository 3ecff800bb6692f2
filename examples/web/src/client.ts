import type { TypedDocumentString } from './gql/graphql.js'

/** An error of the hub. */
export class HubError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly path?: (string | number)[],
  ) {
    super(message)
  }
}

interface Answer<Data> {
  data?: Data | null
  errors?: { message: string; path?: (string | number)[]; extensions?: { code?: string } }[]
}

/** A client of one hub. Results and variables have the types of their document. */
export class Hub {
  constructor(
    private readonly url: string,
    private readonly key?: string,
  ) {}

  /**
   * Executes a document. It sends only its id, which is enough for a hub that trusts this build's
   * documents; if the hub does not know the id, it sends the text.
   */
  async ask<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data> {
    const id = document.__meta__?.['hash']
    if (typeof id === 'string') {
      const answer = await this.send<Data>({ documentId: `sha256:${id}`, variables })
      if (answer.errors?.[0]?.extensions?.code !== 'PERSISTED_QUERY_NOT_FOUND') return unwrap(answer)
    }
    return unwrap(await this.send<Data>({ query: document.toString(), variables }))
  }

  private async send<Data>(body: object): Promise<Answer<Data>> {
    const response = await fetch(new URL('/graphql', this.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...(this.key ? { authorization: `Bearer ${this.key}` } : {}),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    return (await response.json()) as Answer<Data>
  }
}

function unwrap<Data>(answer: Answer<Data>): Data {
  const first = answer.errors?.[0]
  if (first) throw new HubError(first.message, first.extensions?.code ?? 'INTERNAL', first.path)
  if (answer.data === undefined || answer.data === null) throw new HubError('The answer is empty.', 'INTERNAL')
  return answer.data
}
