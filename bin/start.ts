// Starts Holdfast: database, migrations, the demo the first time, server and console; ends in order on Ctrl-C or SIGTERM.
import { demoLogins, demoPassword, fullStory, storyBegins, tellDemo } from '#flows/demo'
import { analyze, isConnectionLost, isDiskFull, isOutOfTime, messageOf, Outage } from '#kernel/db'
import { Fault } from '#kernel/faults'
import { hasDemoLogins, invite } from '#kernel/identity'
import { SandboxClock } from '#kernel/jobs'
import { CannotStart, type Running, settingsFrom, start, tuneCollector, version } from '#main'

tuneCollector()

const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

/** Somebody told us to end. */
const told = new AbortController()

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<void> {
  const empty = process.argv.includes('--empty')
  const unknown = process.argv.slice(2).find((argument) => argument !== '--empty')
  if (unknown !== undefined)
    throw new CannotStart(`There is no option ${unknown}. There is: --empty (no demo; a link makes the first administrator).`)
  const settings = settingsFrom(process.env)
  say(`Holdfast ${version}: starting`)
  let demo = false
  const { begun, untilTold } = endInOrder()
  const running = await begun(
    start(settings, {
      say,
      ...(empty ? {} : { sandboxFrom: { at: storyBegins(fullStory), stands: true } }),
      info: () => (demo ? { demo: demoLogins.map((one) => ({ ...one, password: demoPassword })) } : {}),
      onGone: (error) => {
        process.stderr.write(`${error.message}\n`)
        process.exit(1)
      },
    }),
  )
  if (told.signal.aborted) return
  const making = running.clock instanceof SandboxClock && running.clock.stands
  demo = making || (await hasDemoLogins(running.pool))
  await refuseUnfit(running, { making, demo, empty })
  if (making && !(await untilTold((ended) => makeDemo(running, ended)))) return
  await listen(running)
  await announce(running, demo)
}

/** What must not be: demo logins where others can reach them, a demo on top of an empty start, made-up people before a real bureau. */
async function refuseUnfit(
  running: Running,
  { making, demo, empty }: { readonly making: boolean; readonly demo: boolean; readonly empty: boolean },
): Promise<void> {
  const { settings } = running
  const why = (): string | undefined => {
    if (demo && !loopback.has(settings.host))
      return `This database has demo logins, whose password everybody knows, so it is served on loopback only, not on ${settings.host}. Unset HOLDFAST_HOST, or start with --empty on another HOLDFAST_DATA.`
    if (making && empty) return 'This HOLDFAST_DATA holds a demo that is not finished. Start without --empty, or on another HOLDFAST_DATA.'
    if (making && settings.bureauUrl !== undefined)
      return 'The demo makes people up, and a real bureau must not be asked about them. Unset HOLDFAST_BUREAU_URL until the demo is made, or start with --empty on another HOLDFAST_DATA.'
    return undefined
  }
  const sentence = why()
  if (sentence === undefined) return
  await running.stop()
  throw new CannotStart(sentence)
}

/** Makes the demo of a new database, or goes on with one that was broken off. False if told to end meanwhile. */
async function makeDemo(running: Running, signal: AbortSignal): Promise<boolean> {
  const { clock, parts, database, executor, pool } = running
  if (!(clock instanceof SandboxClock)) return true
  const progress = progressLine('Making the demo, once: six months of a small lender, by the real operations.')
  const telling = tellDemo({
    executor,
    pool,
    clock,
    story: fullStory,
    time: { ...parts, settled: () => running.settled() },
    signal,
    finish: () => analyze(database.owner),
    progress: ({ share, businessDate, loans }) =>
      progress(share, `${businessDate}  ${loans} ${loans === 1 ? 'application' : 'applications'}`),
  })
  return telling.catch(async (error: unknown) => {
    // Our PostgreSQL would outlive us.
    if (!signal.aborted) await running.stop().catch(() => undefined)
    if (isCausedBy(error, (one) => isDiskFull(one) || (one instanceof Fault && one.code === 'operations.disk_full')))
      throw new CannotStart('The demo is not whole yet. Free some space (1 GB is plenty) and start again: it goes on where it stopped.')
    const why = databaseTrouble(error)
    throw why === undefined ? error : new CannotStart(`${why} while the demo was made. Start again: it goes on where it stopped.`)
  })
}

/** What somebody else did to the database, or the machine that slept; undefined: the error has another reason. */
function databaseTrouble(error: unknown): string | undefined {
  if (isCausedBy(error, isOutOfTime)) return 'The database took too long'
  return isCausedBy(error, (one) => isConnectionLost(one) || one instanceof Outage) ? 'The database was lost' : undefined
}

/** A schedule tells which one of it failed, and why by its cause. */
function isCausedBy(error: unknown, is: (one: unknown) => boolean): boolean {
  return is(error) || (error instanceof Error && error.cause !== undefined && isCausedBy(error.cause, is))
}

/** Shows how far something is: one line written over and over on a terminal, one for each tenth elsewhere. */
function progressLine(title: string): (share: number, text: string) => void {
  say(title)
  let tenths = -1
  return (share, text) => {
    const line = `  ${String(Math.floor(share * 100)).padStart(3)} %  ${text}`
    if (process.stdout.isTTY) process.stdout.write(`\r\u001B[2K${line}${share < 1 ? '' : '\n'}`)
    else if (Math.floor(share * 10) > tenths) say(line)
    tenths = Math.floor(share * 10)
  }
}

async function listen(running: Running): Promise<void> {
  const { app, settings } = running
  try {
    await app.listen({ host: settings.host, port: settings.port })
  } catch (error) {
    await running.stop()
    const code = (error as { code?: string }).code
    if (code === 'EADDRINUSE')
      throw new CannotStart(
        `Port ${settings.port} is in use. Stop what uses it, or start with another: PORT=${settings.port + 1} npm start`,
      )
    if (code === 'EACCES')
      throw new CannotStart(
        `Port ${settings.port} needs more rights than this user has. Start with a port from 1024 on: PORT=8080 npm start`,
      )
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new CannotStart(`This machine has no address ${settings.host}. Set HOLDFAST_HOST to one it has, or unset it.`)
    throw error
  }
}

async function announce({ app, settings, pool, clock }: Running, demo: boolean): Promise<void> {
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : settings.port
  const url = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`
  say(`\n  Console        ${url}\n  Interface      ${url}/docs\n  OpenAPI        ${url}/openapi.json\n  Data           ${settings.data}`)
  if (demo) {
    say(`\n  Sandbox, business date ${clock.today()}. Demo logins, password ${demoPassword}:`)
    for (const { login, role, name, may } of demoLogins) say(`    ${login.padEnd(13)} ${role.padEnd(15)} ${name.padEnd(17)} ${may}`)
  }
  const token = demo ? undefined : await invite(pool, Date.now())
  if (token !== undefined) say(`\n  Make the first administrator (once, within a day):\n    ${url}/set-up?token=${token}`)
  say('\nReady. Ctrl-C ends it.')
}

interface Ending {
  /** What is given to it is waited for, and then stopped. */
  readonly begun: (starting: Promise<Running>) => Promise<Running>
  /** What is given to it is told by the signal, and waited for until it comes to a place to stop. */
  readonly untilTold: <T>(work: (ended: AbortSignal) => Promise<T>) => Promise<T>
}

/** Ends in order when told to, from the first moment on: a PostgreSQL that is being started would outlive us otherwise. */
function endInOrder(): Ending {
  let running: Running | undefined
  let working: Promise<unknown> = Promise.resolve()
  const end = async (): Promise<void> => {
    await working.catch(() => undefined)
    await running?.stop()
  }
  // A terminal that is closed hangs up.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (told.signal.aborted) return
      told.abort()
      // After what the terminal shows of Ctrl-C, and of a line that is written over.
      say(`${process.stdout.isTTY ? '\n' : ''}Ending: answering what was taken, then stopping the database.`)
      end().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`Ending failed: ${error instanceof Error ? error.message : String(error)}\n`)
          process.exit(1)
        },
      )
    })
  }
  const waitedFor = <T>(work: Promise<T>): Promise<T> => {
    working = work
    return work
  }
  const start = async (starting: Promise<Running>): Promise<Running> => (running = await starting)
  return { begun: (starting) => waitedFor(start(starting)), untilTold: (work) => waitedFor(work(told.signal)) }
}

// The launcher was killed outright, and so are we: nothing acknowledged is lost by that, and the next start finds port and folder free.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

try {
  await main()
} catch (error) {
  // Ctrl-C reaches what a start runs too; that it broke off is no trouble to tell of.
  if (told.signal.aborted) process.exit(0)
  // What somebody can do something about is a sentence; anything else is our own mistake and shows where it was made.
  const why = databaseTrouble(error)
  if (why !== undefined) process.stderr.write(`${why} during the start: ${messageOf(error)}\nStart again: nothing is lost by it.\n`)
  else
    process.stderr.write(error instanceof CannotStart ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
