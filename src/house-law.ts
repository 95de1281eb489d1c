import { acrossModules, emptyNames, kernel, largeModules, limits, longFiles, pure, timeAndChance } from './house.ts'
import type { Import, Source } from './house-source.ts'
import { codeOf, importsOf, lineAt, literalsOf, uncommented } from './house-source.ts'

/** A broken law as one line: where, what, and what to do instead. */
export type Breach = string

// A sample (x.sample.ts) is what several tests share.
const isTest = (path: string): boolean => /\.(test|bench|sample)\.tsx?$/.test(path) || path.startsWith('test/') || path.startsWith('bench/')
const isScript = (path: string): boolean => /\.tsx?$/.test(path)

interface Module {
  readonly ring: string
  readonly name: string
}

/** src/kernel/db/sql.ts lies in ring kernel, module db; src/main.ts in none. */
function moduleOf(path: string): Module | undefined {
  const match = /^src\/(kernel|systems|flows|gateways)\/([^/]+)\//.exec(path)
  return match?.[1] === undefined || match[2] === undefined ? undefined : { ring: match[1], name: match[2] }
}

/** A circle in the graph as the names along it, or undefined. */
export function circleIn(graph: Readonly<Record<string, readonly string[]>>): string[] | undefined {
  const done = new Set<string>()
  const walk = (name: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(name)) return [...way.slice(way.indexOf(name)), name]
    if (done.has(name)) return undefined
    for (const next of graph[name] ?? []) {
      const circle = walk(next, [...way, name])
      if (circle) return circle
    }
    done.add(name)
    return undefined
  }
  for (const name of Object.keys(graph)) {
    const circle = walk(name, [])
    if (circle) return circle
  }
  return undefined
}

/** Every kernel folder has its line in house.ts, and every line names only modules that have one. */
export function unlisted(sources: readonly Source[]): Breach[] {
  const found = new Set(sources.map(({ path }) => moduleOf(path)).flatMap((module) => (module?.ring === 'kernel' ? [module.name] : [])))
  const missing = [...found].filter((name) => !(name in kernel))
  const strangers = Object.entries(kernel).flatMap(([name, may]) =>
    may.filter((other) => !(other in kernel)).map((other) => `${name} → ${other}`),
  )
  return [
    ...missing.map((name) => `src/kernel/${name}: not in src/house.ts; add a line "${name}: [the kernel modules it imports]"`),
    ...strangers.map((edge) => `src/house.ts: ${edge} leads to no module`),
  ]
}

function importBreach(path: string, { from, typeOnly }: Import): string | undefined {
  const here = moduleOf(path)
  if (from.startsWith('../'))
    return path.startsWith('web/') && typeOnly && from.endsWith('/src/contract.ts')
      ? undefined
      : 'leaves its folder; across modules only #… front doors'
  if (path.startsWith('web/')) return undefined
  if (from === './index.ts' && !isTest(path)) return 'imports its own front door; import the file itself'
  if (here && from.startsWith('./') && from.indexOf('/', 2) !== -1) return 'reaches into a folder; a module is flat'
  if (here?.ring === 'kernel' && pure.includes(here.name) && !isTest(path) && /^node:(?!assert|crypto|util|buffer)/.test(from)) {
    return `is not for a module that stands alone (${here.name} is listed as pure in src/house.ts)`
  }
  if (!here || isTest(path) || !from.startsWith('#')) return undefined
  return doorBreach(here, from, typeOnly)
}

function doorBreach(here: Module, from: string, typeOnly: boolean): string | undefined {
  const [ring, name = ''] = from.slice(1).split('/')
  if (ring === here.ring && name === here.name) return 'is its own front door; import the file itself'
  if (ring === 'test') return 'is for tests alone'
  if (here.ring === 'kernel') {
    if (ring !== 'kernel') return 'lies outside the kernel, which knows nobody'
    if (kernel[here.name]?.includes(name) === true) return undefined
    return `is not allowed to ${here.name}: if it must be, add '${name}' to the line of '${here.name}' in src/house.ts (no circles)`
  }
  if (ring === 'kernel') return undefined
  if (here.ring === 'flows' && ring === 'systems') return undefined
  if (here.ring === 'gateways' && ring === 'systems') return typeOnly ? undefined : 'may only be imported as a type by a gateway'
  return `is not allowed to ${here.ring}: systems talk by event, flows join systems, only main.ts knows gateways`
}

/** Rings, graph, front doors, no way up. */
export function imports(sources: readonly Source[]): Breach[] {
  return sources
    .filter(({ path }) => isScript(path))
    .flatMap(({ path, text }) =>
      importsOf(text).flatMap((found) => {
        const breach = importBreach(path, found)
        return breach === undefined ? [] : [`${path}: import of ${found.from} ${breach}`]
      }),
    )
}

/** Lines a file, files a module (tests not counted), a README in each module. Lines a function is the linter's (eslint/max-lines-per-function). */
export function sizes(sources: readonly Source[]): Breach[] {
  const breaches: Breach[] = []
  const modules = new Map<string, string[]>()
  const linesOf = (text: string): number => text.trimEnd().split('\n').length
  for (const { path, text } of sources) {
    const module = moduleOf(path)
    if (module) {
      const folder = `src/${module.ring}/${module.name}`
      modules.set(folder, [...(modules.get(folder) ?? []), path])
    }
    const lines = linesOf(text)
    const most = longFiles[path] ?? limits.fileLines
    if (isScript(path) && lines > most) breaches.push(`${path}: ${lines} lines, at most ${most}; split it by what its parts are for`)
    if (module && path.endsWith('/README.md') && lines > limits.readmeLines)
      breaches.push(`${path}: ${lines} lines, at most ${limits.readmeLines}`)
  }
  for (const [folder, files] of modules) {
    if (!files.includes(`${folder}/README.md`))
      breaches.push(`${folder}: has no README.md (words, shapes, guarantees, limits, a first example; ${limits.readmeLines} lines)`)
    if (!files.includes(`${folder}/index.ts`)) breaches.push(`${folder}: has no index.ts, so it has no front door`)
    const own = files.filter((file) => isScript(file) && !isTest(file)).length
    const most = largeModules[folder] ?? limits.moduleFiles - 1
    if (own > most) breaches.push(`${folder}: ${own} files (tests not counted), at most ${most}; it is two modules`)
    for (const file of files) if (isScript(file) && file.slice(folder.length + 1).includes('/')) breaches.push(`${file}: a module is flat`)
  }
  return breaches
}

const namePattern = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|bench|property|sample|d))*\.tsx?$/

/** Files are called, in kebab-case, for the one thing they are about. */
export function names(sources: readonly Source[]): Breach[] {
  return sources
    .filter(({ path }) => isScript(path) && !path.startsWith('web/'))
    .flatMap(({ path, text }) => {
      const file = path.slice(path.lastIndexOf('/') + 1)
      const empty = file.split(/[-.]/).find((word) => emptyNames.includes(word))
      const exported =
        /^export (?:abstract )?(?:class|interface|type|const|function) (I[A-Z]\w*[a-z]\w*|\w+(?:Service|Manager|Helper|Util|Utils|Impl|Dto))\b/m.exec(
          codeOf(text),
        )
      return [
        ...(namePattern.test(file) ? [] : [`${path}: not a kebab-case name`]),
        ...(empty === undefined ? [] : [`${path}: "${empty}" says nothing; name the file for the one thing it exports`]),
        ...(exported && /^I[A-Z][a-z]|(?:Service|Manager|Helper|Utils?|Impl|Dto)$/.test(exported[1] ?? '')
          ? [`${path}: export ${exported[1]}: a name that says nothing`]
          : []),
      ]
    })
}

interface Ban {
  readonly pattern: RegExp
  readonly instead: string
  readonly where: (path: string) => boolean
}

const inSource = (path: string): boolean => path.startsWith('src/') && !isTest(path)
const bans: readonly Ban[] = [
  {
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandomUUID\b/g,
    instead: 'time and chance come from kernel/clock and kernel/ids, so that a day can be replayed',
    where: (path) => path.startsWith('src/') && !timeAndChance.some((folder) => path.startsWith(folder)),
  },
  { pattern: /\bconsole\.\w+/g, instead: 'the program speaks through telemetry', where: inSource },
  { pattern: /^export default\b/gm, instead: 'exports have names', where: (path) => !path.startsWith('web/') },
  {
    pattern: /^\s*(?:export )?(?:declare )?(?:const )?enum \w/gm,
    instead: 'Node runs only erasable TypeScript: a union of strings',
    where: () => true,
  },
]
const bannedWords = /\b(?:TODO|FIXME)\b|@ts-(?:ignore|nocheck)|(?:eslint|oxlint)-disable|\bnot implemented\b/gi

/** Calls and words that have no place, looked for in code without comments and strings (words: everywhere). */
export function banned(sources: readonly Source[]): Breach[] {
  return sources
    .filter(({ path }) => isScript(path) && !path.startsWith('src/house'))
    .flatMap(({ path, text }) => {
      const code = codeOf(text)
      const calls = bans
        .filter(({ where }) => where(path))
        .flatMap(({ pattern, instead }) =>
          [...code.matchAll(pattern)].map((found) => `${path}:${lineAt(code, found.index)}: ${found[0].trim()}: ${instead}`),
        )
      const words = [...text.matchAll(bannedWords)].map(
        (found) => `${path}:${lineAt(text, found.index)}: ${found[0]}: finish it, or leave it out`,
      )
      return [...calls, ...words]
    })
}

const sqlWord = /\b(?:select|insert|update|delete|from|join|into|table|lock|truncate|references|schema|index)\b/i

const copyTarget = /\bcop(?:ied(?:<\w+>)?|yInto)\(\s*\['(\w+)'/g

/** A module's SQL (and its migrations) names no other module's tables; whoever needs their rows asks them or hears of them. */
export function foreignTables(sources: readonly Source[]): Breach[] {
  const schemas = new Set(sources.map(({ path }) => moduleOf(path)).flatMap((module) => (module ? [module.name.replaceAll('-', '_')] : [])))
  const table = new RegExp(String.raw`(?<![\w.'"])(${[...schemas].join('|') || '-'})\.[a-z_]+`, 'g')
  return sources.flatMap(({ path, text }) => {
    const migration = /^db\/migrations\/\d{4}_(.+)\.sql$/.exec(path)?.[1]
    const own =
      migration === undefined
        ? moduleOf(path)?.name.replaceAll('-', '_')
        : [...schemas].find((schema) => migration.startsWith(`${schema}_`))
    if (migration === undefined && (own === undefined || !isScript(path) || isTest(path))) return []
    const foreign = (found: RegExpExecArray): boolean => found[1] !== own && acrossModules[path]?.includes(found[1] ?? '') !== true
    const told = (found: RegExpExecArray, line: number): string =>
      `${path}:${line}: ${found[0]} belongs to ${found[1]}; ask it through its front door`
    const copies = [...uncommented(text).matchAll(copyTarget)].filter((found) => found[1] !== own && schemas.has(found[1] ?? ''))
    const lines = (migration !== undefined ? text.replaceAll(/--[^\n]*/g, '') : literalsOf(text)).split('\n')
    const named = lines.flatMap((line, index) =>
      !sqlWord.test(line) && migration === undefined
        ? []
        : [...line.matchAll(table)].filter(foreign).map((found) => told(found, index + 1)),
    )
    return [...copies.map((found) => told(found, lineAt(text, found.index))), ...named]
  })
}

/** Every refusal thrown, or listed by an operation, is declared once with faults() in its module. */
export function uncatalogued(sources: readonly Source[]): Breach[] {
  const declared = new Set<string>()
  const scripts = sources
    .filter(({ path }) => isScript(path) && path.startsWith('src/'))
    .map(({ path, text }) => ({ path, text: uncommented(text) }))
  for (const { text } of scripts) {
    for (const table of text.matchAll(/\bfaults\(\s*'([a-z_]+)',\s*\{([\s\S]*?)\n\}\)/g)) {
      for (const rule of (table[2] ?? '').matchAll(/^\s*([a-z_]+):\s*\[/gm)) declared.add(`${table[1]}.${rule[1]}`)
    }
  }
  return scripts
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, text }) => {
      const thrown = [...text.matchAll(/\bnew Fault\(\s*'([^']+)'/g)].map((found) => found[1] ?? '')
      const listed = [...text.matchAll(/\bfaults:\s*\[([^\]]*)\]/g)].flatMap((list) =>
        [...(list[1] ?? '').matchAll(/'([^']+)'/g)].map((found) => found[1] ?? ''),
      )
      return [...thrown, ...listed]
        .filter((code) => !declared.has(code))
        .map((code) => `${path}: fault '${code}' is in no catalogue; declare it with status, meaning and remedy in its module's faults.ts`)
    })
}
