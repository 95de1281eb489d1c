#!/usr/bin/env node
// The launcher behind every npm script and every file in bin/. Plain CommonJS, for it runs under whatever Node is there (20 or newer):
// it sees to the dependencies, to Node 24 and to the console's build, each only when something changed, then runs bin/<command>.ts.
'use strict'
const { spawn, spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const root = path.join(__dirname, '..')
const nodeNeeded = 24
const inRoot = (...parts) => path.join(root, ...parts)

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function hashOf(...texts) {
  const hash = createHash('sha256')
  for (const text of texts) hash.update(text).update('\0')
  return hash.digest('hex')
}

/** The lists of what is wanted and of what npm says it installed; optional packages may be missing (those of other machines). */
function isInstalled(lockText) {
  let installed
  try {
    installed = JSON.parse(fs.readFileSync(inRoot('node_modules', '.package-lock.json'), 'utf8')).packages
  } catch {
    return false
  }
  return Object.entries(JSON.parse(lockText).packages).every(([place, wanted]) => {
    if (!place.startsWith('node_modules/') || wanted.link) return true
    return installed[place] ? installed[place].version === wanted.version : wanted.optional === true || wanted.devOptional === true
  })
}

function installDependencies() {
  const lock = fs.readFileSync(inRoot('package-lock.json'), 'utf8')
  const stamp = inRoot('node_modules', '.holdfast-installed')
  const wanted = hashOf(lock, process.platform, process.arch)
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return
  if (!isInstalled(lock)) {
    process.stderr.write('Installing the dependencies that package-lock.json names (npm ci); this happens once and after each change.\n')
    // Even where the environment says "production": the console is built here, by a development dependency.
    const { error, status } = spawnSync('npm', ['ci', '--include=dev', '--include=optional'], {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
    if (error) fail(`npm could not be started (${error.message}). Install Node.js ${nodeNeeded} or newer with npm, then try again.`)
    if (status !== 0) fail('npm ci failed, see above. Is the npm registry in reach? Start again when it is.')
  }
  try {
    fs.writeFileSync(stamp, wanted)
  } catch {
    // A checkout that only its owner may write to is looked at in full each time.
  }
}

/** Node 24: from the optional dependency (Linux), else the one that runs this file, if it is new enough. */
function findNode() {
  const packaged = inRoot('node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (fs.existsSync(packaged)) return packaged
  if (Number(process.versions.node.split('.')[0]) >= nodeNeeded) return process.execPath
  return fail(
    `Holdfast needs Node.js ${nodeNeeded} or newer; this is ${process.version}. For Linux on x64 and arm64 npm brings it along ` +
      `(was npm told to omit optional packages?); elsewhere install it from https://nodejs.org and start again.`,
  )
}

function filesIn(folder, skip) {
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !skip.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesIn(path.join(folder, entry.name), skip) : [path.join(folder, entry.name)]))
}

/** Builds web/dist when its sources changed since, beside its place and then moved there, so that nobody is served half of it. */
function buildConsole(node) {
  const web = inRoot('web')
  if (!fs.existsSync(path.join(web, 'index.html'))) return
  const sources = filesIn(web, new Set(['node_modules', 'dist', 'test-results']))
  const wanted = hashOf(
    fs.readFileSync(inRoot('package-lock.json')),
    ...sources.flatMap((file) => [path.relative(web, file), fs.readFileSync(file)]),
  )
  const dist = path.join(web, 'dist')
  const stamp = path.join(dist, '.built-from')
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write('Building the console, for its sources changed.\n')
  const draft = `.dist-${process.pid}`
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js')
  const built = spawnSync(node, [vite, 'build', '--outDir', draft, '--emptyOutDir', '--logLevel', 'warn'], {
    cwd: web,
    stdio: ['ignore', 2, 2],
  })
  if (built.status !== 0) {
    fs.rmSync(path.join(web, draft), { recursive: true, force: true })
    fail('The console could not be built, see above.')
  }
  fs.writeFileSync(path.join(web, draft, '.built-from'), wanted)
  fs.rmSync(dist, { recursive: true, force: true })
  fs.renameSync(path.join(web, draft), dist)
}

function commands() {
  return fs
    .readdirSync(inRoot('bin'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort((a, b) => a.localeCompare(b))
}

function argumentsFor(command, rest) {
  const known = commands()
  if (!known.includes(command)) fail(`${command ? `There is no command "${command}".` : 'Which command?'} There are: ${known.join(', ')}.`)
  // The server makes much that lives for one group only: with a larger young generation most of it is never copied (a sixth of the CPU a call).
  const young = command === 'start' || command === 'bench' ? ['--max-semi-space-size=64'] : []
  return [...young, inRoot('bin', `${command}.ts`), ...rest]
}

// These take paths, which mean what they mean where the user stands.
const inUsersFolder = new Set(['export', 'verify', 'screenshots'])

const parentPoll_ms = 250

/** npm hands signals on. Killed outright it can't, and what it had started would keep port and folder, unseen: so that is killed too. */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  setInterval(() => process.ppid === parent || child.kill('SIGKILL'), parentPoll_ms).unref()
}

function run(node, args) {
  const child = spawn(node, args, {
    cwd: inUsersFolder.has(command) ? process.cwd() : root,
    // The channel tells the server, by its end, that this process was killed outright.
    stdio: ['inherit', 'inherit', 'inherit', ...(command === 'start' ? ['ipc'] : [])],
    env: { NODE_COMPILE_CACHE: inRoot('.cache', 'node'), ...process.env },
  })
  // Ctrl-C in a terminal reaches the child by itself, for it is in our group; passing it on would be a second one.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  endWithNpm(child)
  child.on('error', (error) =>
    fail(`Node.js could not be started (${error.message}): ${node}. Install Node.js ${nodeNeeded} or newer and start again.`),
  )
  child.on('exit', (code, signal) => process.exit(signal ? 128 + os.constants.signals[signal] : code))
}

const [command, ...rest] = process.argv.slice(2)
const args = argumentsFor(command, rest)
installDependencies()
const node = findNode()
if (command === 'start' || command === 'test') buildConsole(node)
run(node, args)
