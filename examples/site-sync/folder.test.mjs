import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, test } from 'node:test'
import { sync } from './folder.mjs'

const folders = []
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), 'hub-sync-'))
  folders.push(made)
  return made
}
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true })
})

/** A hub that reports its changes from a log, as the real one does. */
class Hub {
  log = []
  floor = 0
  asked = []

  put(id, resourcePath, body = id) {
    const entry = { id, name: id.toUpperCase(), summary: 'A "summary": of it', resourcePath, revision: this.log.length + 1, publishedAt: '2026-01-01T00:00:00Z', body: { markdown: body } }
    this.log.push({ id, change: { __typename: 'EntryUpsert', entry } })
  }

  remove(id) {
    this.log.push({ id, change: { __typename: 'EntryDeletion', id } })
  }

  fetch = async (_, { body }) => {
    const { variables } = JSON.parse(body)
    this.asked.push(variables.since)
    // Tokens within a full pull stay valid below the floor.
    const full = variables.since === undefined || variables.since.startsWith('full ')
    const since = Number(variables.since?.replace('full ', '') ?? 0)
    if ((!full && since < this.floor) || this.expired) return this.answer({ errors: [{ message: 'gone', extensions: { code: 'SYNC_TOKEN_EXPIRED' } }] })
    if (this.broken) throw this.broken
    const latest = this.log.map((row, i) => ({ ...row, seq: i + 1 })).filter((row, i) => !this.log.slice(i + 1).some((later) => later.id === row.id))
    const rest = latest.filter((row) => row.seq > since && (!full || row.change.entry))
    const page = rest.slice(0, variables.first)
    const hasMore = rest.length > page.length
    return this.answer({ data: { sync: { hasMore, nextToken: hasMore ? `${full ? 'full ' : ''}${page.at(-1).seq}` : String(this.log.length), changes: page.map((row) => row.change) } } })
  }

  answer = (value) => ({ json: async () => value })

  sync = (to, options) => sync({ url: 'http://hub', folder: to, pageSize: 2, fetch: this.fetch, ...options })
}

/** The files of a folder with their contents, without the state. */
async function files(of) {
  const out = {}
  for (const f of await readdir(of, { recursive: true, withFileTypes: true })) {
    if (f.isFile() && f.name !== '.hub-sync.json') out[join(f.parentPath ?? f.path, f.name).slice(of.length + 1)] = await readFile(join(f.parentPath ?? f.path, f.name), 'utf8')
  }
  return out
}

/** Reports whether a folder equals a new copy. */
async function equalsFresh(hub, of) {
  const fresh = await folder()
  await hub.sync(fresh)
  assert.deepEqual(await files(of), await files(fresh))
}

test('the first run writes everything, the next only what has changed', async () => {
  const [hub, to] = [new Hub(), await folder()]
  for (const id of ['a', 'b', 'c']) hub.put(id, `/patterns/${id}`)
  assert.deepEqual(await hub.sync(to), { written: 3, deleted: 0, pages: 2, whole: true })
  assert.deepEqual(Object.keys(await files(to)).sort(), ['patterns/a.md', 'patterns/b.md', 'patterns/c.md'])
  assert.match((await files(to))['patterns/a.md'], /^---\nid: "a"\ntitle: "A"\nsummary: "A \\"summary\\": of it"\n[^]*---\n\na$/)
  assert.deepEqual(await hub.sync(to), { written: 0, deleted: 0, pages: 1, whole: false })
  hub.put('b', '/patterns/b', 'changed')
  hub.remove('c')
  assert.deepEqual(await hub.sync(to), { written: 1, deleted: 1, pages: 1, whole: false })
  await equalsFresh(hub, to)
})

test('renamed entries move, also into each other’s places', async () => {
  const [hub, to] = [new Hub(), await folder()]
  hub.put('a', '/pages/a')
  hub.put('b', '/pages/b')
  hub.put('deep', '/one/two/three')
  await hub.sync(to)
  hub.put('a', '/pages/b')
  hub.put('b', '/pages/a')
  hub.put('deep', '/shallow')
  await hub.sync(to)
  assert.deepEqual(Object.keys(await files(to)).sort(), ['pages/a.md', 'pages/b.md', 'shallow.md'])
  await equalsFresh(hub, to)
  assert.deepEqual((await readdir(to)).sort(), ['.hub-sync.json', 'pages', 'shallow.md'])
})

test('an expired token is a full pull, and what is gone meanwhile goes', async () => {
  const [hub, to] = [new Hub(), await folder()]
  for (const id of ['a', 'b', 'c']) hub.put(id, `/${id}`)
  await hub.sync(to)
  hub.remove('b')
  hub.put('d', '/d')
  hub.floor = 5
  assert.deepEqual(await hub.sync(to), { written: 3, deleted: 1, pages: 2, whole: true })
  await equalsFresh(hub, to)
})

test('a hub whose every token is expired is not asked for ever', async () => {
  const [hub, to] = [new Hub(), await folder()]
  hub.put('a', '/a')
  await hub.sync(to)
  hub.expired = true
  await assert.rejects(hub.sync(to), { code: 'SYNC_TOKEN_EXPIRED' })
})

test('a run that breaks off is gone on with', async () => {
  const [hub, to] = [new Hub(), await folder()]
  for (const id of ['a', 'b', 'c', 'd', 'e']) hub.put(id, `/${id}`)
  const answer = hub.answer
  let pages = 0
  hub.answer = (value) => {
    if (++pages === 2) hub.broken = new Error('the network is gone')
    return answer(value)
  }
  await assert.rejects(hub.sync(to), /network/)
  hub.broken = undefined
  hub.answer = answer
  hub.asked = []
  assert.deepEqual(await hub.sync(to), { written: 1, deleted: 0, pages: 1, whole: false })
  assert.deepEqual(hub.asked, ['full 4'])
  await equalsFresh(hub, to)
})

test('a full pull that breaks off forgets nothing of what is stale', async () => {
  const [hub, to] = [new Hub(), await folder()]
  for (const id of ['a', 'b', 'c', 'd', 'e']) hub.put(id, `/${id}`)
  await hub.sync(to)
  hub.remove('a')
  hub.floor = 6
  const answer = hub.answer
  hub.answer = (value) => {
    if (value.data) hub.broken = new Error('the network is gone')
    return answer(value)
  }
  await assert.rejects(hub.sync(to), /network/)
  hub.broken = undefined
  hub.answer = answer
  hub.floor = 0
  await hub.sync(to)
  await equalsFresh(hub, to)
})

test('other types are another copy', async () => {
  const [hub, to] = [new Hub(), await folder()]
  hub.put('a', '/a')
  await hub.sync(to)
  assert.equal((await hub.sync(to, { types: ['PATTERN'] })).whole, true)
  assert.equal((await hub.sync(to, { types: ['PATTERN'] })).whole, false)
})

test('no path leads out of the folder', async () => {
  for (const path of ['/../a', '/a/../../b', '/', '/.git/config', '/a/..', '/c:/a', '/a\\b']) {
    const [hub, to] = [new Hub(), await folder()]
    hub.put('a', path)
    await assert.rejects(hub.sync(to), /cannot be a file/, path)
    assert.deepEqual(await files(to), {})
  }
})

test('a broken state is told and not written over', async () => {
  const [hub, to] = [new Hub(), await folder()]
  await writeFile(join(to, '.hub-sync.json'), '{')
  await assert.rejects(hub.sync(to), SyntaxError)
})

test('the real hub', { skip: !process.env.HUB_URL }, async () => {
  const to = await folder()
  const first = await sync({ url: process.env.HUB_URL, folder: to })
  assert.ok(first.written > 500)
  assert.ok(Object.keys(await files(to)).includes(join('patterns', 'circuit-breaker.md')))
  const second = await sync({ url: process.env.HUB_URL, folder: to })
  assert.deepEqual({ ...second, pages: 0 }, { written: 0, deleted: 0, pages: 0, whole: false })
})
