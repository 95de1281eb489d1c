import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Metrics } from './index.ts'

test('series that others count stand beside our own, a family together, with labels escaped', async () => {
  const metrics = new Metrics()
  const help = 'States\nof \\ it'
  metrics.samples(() => [
    { name: 'state', kind: 'gauge', help, labels: { name: 'a', state: 'open' }, value: 1 },
    { name: 'calls_total', kind: 'counter', help: 'Calls', labels: {}, value: 7 },
    { name: 'state', kind: 'gauge', help, labels: { name: 'b"\\\n', state: 'open' }, value: -1 },
  ])
  metrics.observe('sample.done', 'done', 0.1)
  const text = await metrics.text()
  assert.match(text, /^holdfast_operation_seconds_count\{operation="sample.done",outcome="done"\} 1$/m)
  const own = text.slice(text.indexOf('# HELP state'))
  assert.equal(
    own,
    String.raw`# HELP state States\nof \\ it
# TYPE state gauge
state{name="a",state="open"} 1
state{name="b\"\\\n",state="open"} -1
# HELP calls_total Calls
# TYPE calls_total counter
calls_total{} 7
`,
  )
})
