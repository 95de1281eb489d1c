// Builds the engines that stand alone (JavaScript and types) as one package, holdfast-engines, that a plain Node 20 project imports.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const ENGINES = ['transform', 'predicate', 'policy', 'streams', 'fanin', 'resilience']
const root = path.join(import.meta.dirname, '..')

interface Manifest {
  readonly version: string
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
}

function isManifest(value: unknown): value is Manifest {
  return typeof value === 'object' && value !== null && 'version' in value && 'license' in value && 'dependencies' in value
}

function manifest(): Manifest {
  const value: unknown = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  if (!isManifest(value)) throw new Error('package.json lacks version, license or dependencies')
  return value
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`, { cause: error })
}

function compile(engines: readonly string[], out: string): void {
  const cache = path.join(root, '.cache', 'pack-engines')
  mkdirSync(cache, { recursive: true })
  const config = path.join(cache, `tsconfig-${process.pid}.json`)
  const settings = {
    extends: '../../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      target: 'es2023', // what Node 20 runs
      lib: ['es2023', 'es2024.string'], // and has: what came later is refused here
      rootDir: path.join(root, 'src', 'kernel'),
      outDir: out,
    },
    files: engines.map((engine) => path.join(root, 'src', 'kernel', engine, 'index.ts')),
    include: [],
  }
  writeFileSync(config, JSON.stringify(settings))
  try {
    run(path.join(root, 'node_modules', '.bin', 'tsc'), ['-p', config])
  } finally {
    rmSync(config)
  }
}

const IMPORTED = /^\s*(?:import|export)\b[^'"]*\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\('([^']+)'\)/gm

// Bare imports of the emitted JavaScript, without our own and Node's.
function dependenciesOf(out: string): string[] {
  const found = new Set<string>()
  for (const file of readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'))) {
    for (const [, from, bare, called] of readFileSync(path.join(out, file), 'utf8').matchAll(IMPORTED)) {
      const name = from ?? bare ?? called ?? ''
      if (/^(?:[.#]|node:)/.test(name)) continue
      const [scope = '', inner = ''] = name.split('/')
      found.add(scope.startsWith('@') ? `${scope}/${inner}` : scope)
    }
  }
  return [...found].sort()
}

/** Whether a folder is the package itself; a project that depends on it only mentions its name. */
function isPackage(folder: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
    return typeof value === 'object' && value !== null && 'name' in value && value.name === 'holdfast-engines'
  } catch {
    return false
  }
}

// Only what this command made before is ever emptied.
function prepare(out: string): void {
  if (existsSync(out) && readdirSync(out).length > 0 && !isPackage(out))
    throw new Error(`${out} holds something else; name an empty folder`)
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  writeFileSync(path.join(out, 'package.json'), '{ "name": "holdfast-engines" }\n')
}

function describe(engines: readonly string[], out: string): void {
  const { version, license, dependencies } = manifest()
  const needed = dependenciesOf(out).map((name): [string, string] => {
    const wanted = dependencies[name]
    if (wanted === undefined) throw new Error(`an engine imports '${name}', which is no dependency`)
    return [name, wanted]
  })
  const packed = {
    name: 'holdfast-engines',
    version,
    description: `${engines.join(', ')}: each usable without the rest`,
    license,
    type: 'module',
    engines: { node: '>=20' },
    sideEffects: false,
    imports: { '#kernel/*': './*/index.js' },
    exports: Object.fromEntries(
      engines.map((engine) => [`./${engine}`, { types: `./${engine}/index.d.ts`, default: `./${engine}/index.js` }]),
    ),
    dependencies: Object.fromEntries(needed),
  }
  writeFileSync(path.join(out, 'package.json'), `${JSON.stringify(packed, null, 2)}\n`)
  const lines = engines.map((engine) => `- \`holdfast-engines/${engine}\`: see [${engine}](./${engine}/README.md)`)
  writeFileSync(path.join(out, 'README.md'), `# holdfast-engines\n\nEach engine is usable without the rest.\n\n${lines.join('\n')}\n`)
  for (const engine of engines) {
    const readme = path.join(root, 'src', 'kernel', engine, 'README.md')
    if (!existsSync(readme)) continue
    const text = readFileSync(readme, 'utf8').replaceAll(/'(?:holdfast|#kernel)\//g, `'holdfast-engines/`)
    writeFileSync(path.join(out, engine, 'README.md'), text)
  }
}

const [folder = path.join(root, 'dist-engines'), ...rest] = process.argv.slice(2).filter((word) => word !== '--out')
if (rest.length > 0 || folder.startsWith('-')) {
  process.stderr.write('Usage: bin/pack-engines [DIR]: the package goes to DIR, or to dist-engines\n')
  process.exit(2)
}
const out = path.resolve(folder)
const engines = ENGINES.filter((engine) => existsSync(path.join(root, 'src', 'kernel', engine, 'index.ts')))
prepare(out)
compile(engines, out)
describe(engines, out)
console.log(`${out}: ${engines.join(', ')}`)
