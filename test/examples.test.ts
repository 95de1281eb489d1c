import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openApi } from '#kernel/http'
import { declarations } from '#mounted'

const { routes, raw } = declarations()
// What stands in the path of an example's address.
const inPath: Readonly<Record<string, string>> = { transfer: 'transfer_1', hold: 'hold_1', breaker: 'bureau' }

test('every call with a body shows one, and it is of the shape that the call takes', () => {
  const paths = openApi(routes, raw, 'test')['paths'] as Record<
    string,
    Record<string, { requestBody?: { content: Record<string, object> } }>
  >
  const without = routes.filter(({ method, path, example }) => {
    const told = paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.requestBody?.content['application/json']
    return told !== undefined && (example === undefined || !('example' in told))
  })
  assert.deepEqual(
    without.map(({ target }) => target.name),
    [],
  )
  const bodies = Object.entries(paths).flatMap(([path, methods]) =>
    Object.values(methods).map(({ requestBody }) => [path, requestBody] as const),
  )
  const bare = bodies.filter(([, body]) => body !== undefined && !('example' in (body.content['application/json'] ?? {})))
  assert.deepEqual(
    bare.map(([path]) => path),
    [],
    'beside operations too',
  )
  const shown = routes.filter(({ example }) => example !== undefined)
  assert.ok(shown.length > 20)
  for (const { params, target, example } of shown) {
    const named = Object.fromEntries(params.map((name) => [name, inPath[name] ?? `${name}_${'0'.repeat(26)}`]))
    const { error } = target.spec.input.safeParse({ ...named, ...(example as object) })
    assert.equal(error, undefined, `${target.name}: ${error?.message}`)
  }
})
