// Completes package-lock.json after `npm install`. npm leaves out the optional packages of other platforms that its registry doesn't have,
// and `npm ci` then refuses the file. Their versions are pinned by the packages that want them, and their names say where they run.
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

interface Locked {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

interface Lock {
  packages: Record<string, Locked & Readonly<Record<string, unknown>>>
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']
const exact = /^\d+\.\d+\.\d+[\w.-]*$/

/** Where a package called something-linux-arm64-musl runs; throws rather than guess. */
function platformOf(name: string): { readonly cpu: readonly string[]; readonly libc?: readonly string[]; readonly os?: readonly string[] } {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-')
  const os = systems.find((system) => words.includes(system))
  const cpu = processors.find((processor) => words.includes(processor))
  if (cpu === undefined || (os === undefined && cpu !== 'wasm32')) throw new Error(`${name} doesn't say where it runs`)
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined
  return { cpu: [cpu], ...(libc ? { libc } : {}), ...(os === undefined ? {} : { os: [os] }) }
}

const file = path.join(import.meta.dirname, '..', 'package-lock.json')
const lock = JSON.parse(await readFile(file, 'utf8')) as Lock
const added: string[] = []
for (const [place, wanting] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
    const own = `node_modules/${name}`
    if (own in lock.packages || `${place}/${own}` in lock.packages) continue
    if (!exact.test(version)) throw new Error(`${place} wants ${name} ${version}: not one version, so it can't be added here`)
    const { cpu, libc, os } = platformOf(name)
    // In npm's own order, so that its next run changes nothing.
    const entry = { version, cpu, dev: wanting.dev === true ? true : undefined, libc, optional: true, os }
    lock.packages[own] = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined))
    added.push(name)
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en')))
await writeFile(file, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(
  added.length === 0 ? 'package-lock.json is complete.\n' : `Added ${added.length} packages of other platforms: ${added.join(', ')}\n`,
)
