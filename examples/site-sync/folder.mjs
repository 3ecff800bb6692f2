// Synchronizes a folder with a hub by delta sync: it writes, moves and deletes one Markdown file
// for each entry as the hub's published graph changes. It needs no packages.

import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The file that stores the token and the file of each entry. */
const stateFile = '.hub-sync.json'

const query = `query Changes($since: SyncToken, $types: [EntryType!], $first: Int!) {
  sync(since: $since, types: $types, first: $first) {
    hasMore
    nextToken
    changes {
      __typename
      ... on EntryUpsert {
        entry {
          id name summary resourcePath revision publishedAt
          ... on Tier { body { markdown } } ... on Pattern { body { markdown } } ... on Company { body { markdown } }
          ... on CaseStudy { body { markdown } } ... on FailureStudy { body { markdown } } ... on Practice { body { markdown } }
          ... on Law { body { markdown } } ... on Pillar { body { markdown } } ... on Role { body { markdown } }
          ... on LearningPath { body { markdown } } ... on Guide { body { markdown } } ... on Journey { body { markdown } }
          ... on Migration { body { markdown } } ... on QuickStart { body { markdown } } ... on Comparison { body { markdown } }
          ... on Page { body { markdown } }
        }
      }
      ... on EntryDeletion { id }
    }
  }
}`

/** An error of the hub. */
export class HubError extends Error {
  constructor(message, code) {
    super(message)
    this.code = code
  }
}

/**
 * Updates a folder and returns a report. It may be interrupted at any moment: the stored state is
 * never ahead of the files, so the next run continues from there.
 *
 * @param {{ url: string, folder: string, types?: string[], key?: string, pageSize?: number, fetch?: typeof fetch }} options
 */
export async function sync({ url, folder, types, key, pageSize = 50, fetch = globalThis.fetch }) {
  await mkdir(folder, { recursive: true })
  const before = await remembered(folder)
  // For another hub or other types, a full pull replaces the old copy.
  const same = before.url === url && JSON.stringify(before.types) === JSON.stringify(types)
  const state = { url, types, token: same ? before.token : undefined, files: before.files, stale: same ? before.stale : Object.keys(before.files) }
  const report = { written: 0, deleted: 0, pages: 0, whole: state.token === undefined }

  let restarted = false
  for (let more = true; more; ) {
    let page
    try {
      page = await pull(fetch, url, key, { since: state.token, types, first: pageSize })
    } catch (err) {
      if (!state.token || restarted || err.code !== 'SYNC_TOKEN_EXPIRED') throw err
      restarted = true
      // The hub no longer has the deletions since the token, and a full pull reports none: delete
      // every entry that it does not name.
      state.token = undefined
      state.stale = Object.keys(state.files)
      report.whole = true
      continue
    }
    for (const change of page.changes) await apply(folder, state, change, report)
    more = page.hasMore
    if (!more) {
      for (const id of state.stale ?? []) await drop(folder, state, id, report)
      state.stale = undefined
    }
    state.token = page.nextToken
    report.pages++
    await remember(folder, state)
  }
  return report
}

async function pull(fetch, url, key, variables) {
  const response = await fetch(new URL('/graphql', url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = await response.json()
  if (errors?.length) throw new HubError(errors[0].message, errors[0].extensions?.code)
  return data.sync
}

/** Applies one change. It writes the new file of a moved entry before it deletes the old one. */
async function apply(folder, state, change, report) {
  if (change.__typename === 'EntryDeletion') {
    await drop(folder, state, change.id, report)
    return
  }
  const { entry } = change
  const path = fileOf(entry.resourcePath)
  await replace(join(folder, path), text(entry))
  report.written++
  const old = state.files[entry.id]
  state.files[entry.id] = path
  if (state.stale) state.stale = state.stale.filter((id) => id !== entry.id)
  if (old !== undefined && old !== path) await give(folder, state, old)
}

async function drop(folder, state, id, report) {
  const path = state.files[id]
  if (path === undefined) return
  delete state.files[id]
  await give(folder, state, path)
  report.deleted++
}

/** Deletes a file, unless another entry uses it now, and the folders that become empty. */
async function give(folder, state, path) {
  if (Object.values(state.files).includes(path)) return
  await rm(join(folder, path), { force: true })
  for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
    try {
      await rmdir(join(folder, parent))
    } catch {
      return // not empty
    }
  }
}

/** Returns the file of a resource path. No path from a hub may lead out of the folder. */
function fileOf(resourcePath) {
  const parts = resourcePath.split('/').filter(Boolean)
  if (parts.length === 0 || parts.some((part) => part.startsWith('.') || /[\\:\0]/.test(part))) {
    throw new HubError(`the path ${JSON.stringify(resourcePath)} cannot be a file`)
  }
  return `${join(...parts)}.md`
}

/** Formats an entry as Markdown with front matter; JSON strings are YAML strings. */
function text({ id, name, summary, resourcePath, revision, publishedAt, body }) {
  const head = { id, title: name, summary, path: resourcePath, revision, publishedAt }
  const lines = Object.entries(head).map(([field, value]) => `${field}: ${JSON.stringify(value)}`)
  return `---\n${lines.join('\n')}\n---\n\n${body?.markdown ?? ''}`
}

async function remembered(folder) {
  try {
    return { files: {}, ...JSON.parse(await readFile(join(folder, stateFile), 'utf8')) }
  } catch (err) {
    if (err.code === 'ENOENT') return { files: {} }
    throw err
  }
}

async function remember(folder, state) {
  await replace(join(folder, stateFile), JSON.stringify(state))
}

/** Writes a file atomically. */
async function replace(path, content) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, content)
  await rename(`${path}.new`, path)
}
