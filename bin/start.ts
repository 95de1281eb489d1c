// Starts Holdfast: database, migrations, the demo the first time, server and console; ends in order on Ctrl-C or SIGTERM.
import { demoPassword, demoStaff, makeStaff } from '#flows/demo'
import { hasDemoLogins, invite } from '#kernel/identity'
import { system } from '#kernel/operations'
import { CannotStart, type Running, settingsFrom, start, version } from '#main'

/** Where the demo's business time begins. */
const demoBegins = Date.parse('2025-09-01T03:30:00Z')
const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function main(): Promise<void> {
  const empty = process.argv.includes('--empty')
  const unknown = process.argv.slice(2).find((argument) => argument !== '--empty')
  if (unknown !== undefined)
    throw new CannotStart(`There is no option ${unknown}. There is: --empty (no demo; a link makes the first administrator).`)
  const settings = settingsFrom(process.env)
  say(`Holdfast ${version}: starting`)
  let demo = false
  const running = await start(settings, {
    say,
    ...(empty ? {} : { sandboxFrom: { at: demoBegins } }),
    info: () => (demo ? { demo: demoStaff.map(({ login, name, role }) => ({ login, name, role, password: demoPassword })) } : {}),
    onGone: (error) => {
      process.stderr.write(`${error.message}\n`)
      process.exit(1)
    },
  })
  endInOrder(running)
  if (running.isNew && !empty) await makeStaff(running.executor.run(system('demo'), 'req_demo'))
  demo = await hasDemoLogins(running.pool)
  if (demo && !loopback.has(settings.host)) {
    await running.stop()
    throw new CannotStart(
      `This database has demo logins, whose password everybody knows, so it is served on loopback only, not on ${settings.host}. Unset HOLDFAST_HOST, or start with --empty on another HOLDFAST_DATA.`,
    )
  }
  await listen(running)
  await announce(running, demo)
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
    if (code === 'EADDRNOTAVAIL')
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
    for (const { login, name, role } of demoStaff) say(`    ${login.padEnd(14)} ${role.padEnd(15)} ${name}`)
  }
  const token = demo ? undefined : await invite(pool, Date.now())
  if (token !== undefined) say(`\n  Make the first administrator (once, within a day):\n    ${url}/set-up?token=${token}`)
  say('\nReady. Ctrl-C ends it.')
}

function endInOrder(running: Running): void {
  let ending = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (ending) return
      ending = true
      say('Ending: answering what was taken, then stopping the database.')
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`Ending failed: ${error instanceof Error ? error.message : String(error)}\n`)
          process.exit(1)
        },
      )
    })
  }
}

try {
  await main()
} catch (error) {
  // What somebody can do something about is a sentence; anything else is our own mistake and shows where it was made.
  process.stderr.write(error instanceof CannotStart ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}
