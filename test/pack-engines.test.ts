import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = path.join(import.meta.dirname, '..')

interface Packed {
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
}

function isPacked(value: unknown): value is Packed {
  return typeof value === 'object' && value !== null && 'exports' in value && 'dependencies' in value
}

/** The machine's own Node if it is an older one, as a project with no interest in Node 24 would have; else this very one. */
function plainNode(): string {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const node = path.join(folder, 'node')
    if (folder.includes('node_modules') || !existsSync(node)) continue
    const major = Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }))
    if (major >= 20 && major < 24) return node
  }
  return process.execPath
}

/** An empty project with the packed engines installed in it, and their dependencies linked from ours: no network. */
async function installed(): Promise<{ folder: string; packed: Packed; engines: string[] }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-engines-'))
  const out = path.join(folder, 'packed')
  await run(process.execPath, [path.join(root, 'bin', 'pack-engines.ts'), '--out', out])
  const modules = path.join(folder, 'node_modules')
  cpSync(out, path.join(modules, 'holdfast-engines'), { recursive: true })
  const packed: unknown = JSON.parse(readFileSync(path.join(out, 'package.json'), 'utf8'))
  assert.ok(isPacked(packed))
  for (const name of Object.keys(packed.dependencies)) {
    const link = path.join(modules, name)
    mkdirSync(path.dirname(link), { recursive: true })
    symlinkSync(path.join(root, 'node_modules', name), link)
  }
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "plain", "type": "module" }\n')
  return { folder, packed, engines: Object.keys(packed.exports).map((entry) => entry.slice(2)) }
}

test('a plain Node project imports the packed engines, runs their first examples and sees their types', async () => {
  const { folder, packed, engines } = await installed()
  try {
    assert.ok(engines.includes('fanin') && engines.includes('resilience'))
    assert.ok(Object.keys(packed.dependencies).length <= 4)
    const home = path.join(folder, 'node_modules', 'holdfast-engines')
    assert.deepEqual(
      readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((file) => /\.test\.|(?<!\.d)\.ts$/.test(file)),
      [],
    )
    for (const engine of engines) {
      const readme = path.join(home, engine, 'README.md')
      const example = existsSync(readme) ? /```ts\n([^]*?)```/.exec(readFileSync(readme, 'utf8'))?.[1] : undefined
      const code = example?.includes(`'holdfast-engines/${engine}'`) === true ? example : `export * from 'holdfast-engines/${engine}'`
      writeFileSync(path.join(folder, `${engine}.ts`), `${code}\nconsole.log('ran')\n`)
    }
    const types = ['--types', 'node', '--typeRoots', path.join(root, 'node_modules', '@types')]
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--outDir', 'js', ...types]
    const files = engines.map((engine) => `${engine}.ts`)
    await run(path.join(root, 'node_modules', '.bin', 'tsc'), [...options, ...files], { cwd: folder }).catch((error: { stdout: string }) =>
      assert.fail(error.stdout),
    )
    const node = plainNode()
    for (const engine of engines) {
      const { stdout } = await run(node, [path.join('js', `${engine}.js`)], { cwd: folder })
      assert.match(stdout, /ran/, engine)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('packing never empties a folder that holds something else', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-engines-'))
  writeFileSync(path.join(folder, 'precious.txt'), 'mine')
  // A project that uses the engines names them, and is not them.
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "mine", "dependencies": { "holdfast-engines": "0.1.0" } }\n')
  await assert.rejects(run(process.execPath, [path.join(root, 'bin', 'pack-engines.ts'), '--out', folder]), /something else/)
  assert.equal(readFileSync(path.join(folder, 'precious.txt'), 'utf8'), 'mine')
  rmSync(folder, { recursive: true })
})
