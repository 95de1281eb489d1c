import assert from 'node:assert/strict'
import test from 'node:test'
import { realClock, simulatedClock } from './clock.ts'
import { businessDate, formatInstant, parseInstant, startOfDay } from './zone.ts'

test('the business date turns at midnight of the zone', () => {
  const table = [
    ['2026-03-31T18:29:59.999Z', 'Asia/Kolkata', '2026-03-31'],
    ['2026-03-31T18:30:00.000Z', 'Asia/Kolkata', '2026-04-01'],
    ['2026-03-31T18:30:00.000Z', 'UTC', '2026-03-31'],
    ['2026-03-31T18:30:00.000Z', 'Pacific/Auckland', '2026-04-01'],
    ['2026-01-01T04:59:59.999Z', 'America/New_York', '2025-12-31'],
  ] as const
  for (const [instant, zone, date] of table) assert.equal(businessDate(Date.parse(instant), zone), date, `${instant} ${zone}`)
  assert.throws(() => businessDate(0, 'Mars/Olympus'), RangeError)
})

test('a day starts when its zone says, daylight saving or not', () => {
  assert.equal(formatInstant(startOfDay('2026-04-01', 'Asia/Kolkata')), '2026-03-31T18:30:00.000Z')
  assert.equal(formatInstant(startOfDay('2026-03-08', 'America/New_York')), '2026-03-08T05:00:00.000Z')
  assert.equal(formatInstant(startOfDay('2026-03-09', 'America/New_York')), '2026-03-09T04:00:00.000Z')
  assert.equal(formatInstant(startOfDay('2018-11-04', 'America/Sao_Paulo')), '2018-11-04T03:00:00.000Z')
  assert.throws(() => startOfDay('2026-13-01', 'UTC'), RangeError)
})

test('a simulated clock stands, moves forward, and refuses to go back', () => {
  const clock = simulatedClock(Date.parse('2026-03-31T18:29:59Z'))
  assert.equal(clock.now(), clock.now())
  assert.equal(clock.today(), '2026-03-31')
  assert.equal(clock.today('UTC'), '2026-03-31')
  clock.advanceTo(clock.now())
  clock.advanceTo(clock.now() + 1000)
  assert.equal(clock.today(), '2026-04-01')
  assert.throws(() => clock.advanceTo(clock.now() - 1), RangeError)
  assert.throws(() => clock.advanceTo(Number.NaN), RangeError)
  assert.equal(clock.today(), '2026-04-01')
})

test('microseconds grow with every call, standing clock or not', () => {
  for (const clock of [realClock(), simulatedClock(1_000)]) {
    const first = clock.micros()
    assert.ok(Number.isSafeInteger(first))
    assert.ok(clock.micros() > first)
  }
  assert.ok(Math.abs(realClock().now() - Date.now()) < 1000)
})

test('instants are read strictly and written back', () => {
  assert.equal(parseInstant('2026-04-01T00:00:00+05:30'), Date.parse('2026-03-31T18:30:00Z'))
  assert.equal(parseInstant(formatInstant(1_234_567_890_123)), 1_234_567_890_123)
  for (const bad of [
    '2026-04-01',
    '2026-04-01T00:00:00',
    '2026-02-30T00:00:00Z',
    '2026-04-01T25:00:00Z',
    'now',
    '',
    '1'.repeat(100),
    '9999-12-31T23:59:59-00:01',
    '0001-01-01T00:00:00+00:01',
  ])
    assert.equal(parseInstant(bad), null, bad)
})
