import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fastify, type FastifyInstance } from 'fastify'
import { pageOrProblem, serveConsole } from './console.ts'

let folder = ''
let app: FastifyInstance

/** A build as the launcher makes one: whole beside its place, then moved there. */
const built = async (name: string): Promise<void> => {
  const [draft, dist] = [path.join(folder, 'draft'), path.join(folder, 'dist')]
  await mkdir(path.join(draft, 'assets'), { recursive: true })
  await writeFile(path.join(draft, 'index.html'), `page ${name}`)
  await writeFile(path.join(draft, 'assets', `${name}.js`), `script ${name}`)
  await writeFile(path.join(draft, '.built-from'), name)
  await rm(dist, { recursive: true, force: true })
  await rename(draft, dist)
}
const get = async (url: string): Promise<readonly [status: number, text: string, kept: unknown]> => {
  const reply = await app.inject({ url, headers: { accept: 'text/html,*/*' } })
  return [reply.statusCode, reply.body, reply.headers['cache-control']]
}
const refused = async (url: string, method: 'GET' | 'POST' = 'GET'): Promise<void> => {
  const reply = await app.inject({ method, url })
  assert.deepEqual([url, reply.statusCode, reply.json<{ code: string }>().code], [url, 404, 'http.route_unknown'])
}

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hf-console-'))
  await built('first')
  app = fastify()
  app.get('/api/v1/known', () => 'known')
  app.setNotFoundHandler(pageOrProblem)
  await serveConsole(app, path.join(folder, 'dist'))
})
after(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const forever = 'public, max-age=31536000, immutable'

test('files by name, kept for ever where their name is their content; the page for every bookmark', async () => {
  assert.deepEqual(await get('/'), [200, 'page first', 'no-cache'])
  assert.deepEqual(await get('/loans/loan_1?tab=money'), [200, 'page first', 'no-cache'])
  assert.deepEqual(await get('/assets/first.js'), [200, 'script first', forever])
  assert.equal((await get('/api/v1/known'))[1], 'known')
})

test('a range of a file is the file, wherever the range would end', async () => {
  for (const range of ['bytes=0-3', 'bytes=99999-', 'bytes=-1', 'nonsense']) {
    const reply = await app.inject({ url: '/assets/first.js', headers: { range } })
    assert.deepEqual([range, reply.statusCode, reply.body], [range, 200, 'script first'])
  }
})

test('what is neither a file nor a bookmark is a problem: an unknown file, an unknown call, a folder, a hidden file, a way out', async () => {
  for (const url of ['/assets/none.js', '/api/v1/unknown', '/assets/../../secret.txt', '/..%2f..%2fsecret.txt']) await refused(url)
  await refused('/loans', 'POST')
  for (const url of ['/assets', '/.built-from']) assert.equal((await get(url))[1], 'page first')
})

test('a console that was built anew is served without a restart', async () => {
  await built('second')
  assert.deepEqual(await get('/'), [200, 'page second', 'no-cache'])
  assert.deepEqual(await get('/people'), [200, 'page second', 'no-cache'])
  assert.deepEqual(await get('/assets/second.js'), [200, 'script second', forever])
  await refused('/assets/first.js')
})
