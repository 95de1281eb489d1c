#!/usr/bin/env node
// The launcher behind every npm script: makes sure that Node 24 and the dependencies are there, then runs bin/<command>.ts under Node 24.
const { spawnSync } = require('node:child_process')
const path = require('node:path')
const root = path.join(__dirname, '..')
const node = path.join(root, 'node_modules', '.bin', 'node')
const [command, ...rest] = process.argv.slice(2)
const args =
  command === 'test'
    ? ['--test', '--test-isolation=none', ...(rest.length ? rest : ['src/**/*.test.ts', 'test/**/*.test.ts'])]
    : [path.join('bin', `${command}.ts`), ...rest]
const { status } = spawnSync(node, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, NODE_COMPILE_CACHE: path.join(root, '.cache', 'node') },
})
process.exit(status ?? 1)
