import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from './analyse.ts'
import { fromCsv, toCsv } from './csv.ts'
import { fromJson, toJson } from './dmn-json.ts'
import { compileTable } from './policy.ts'
import { PolicyError } from './policy-error.ts'
import { randomInput, randomTable, seeded, tableFields, type Below } from './random-table.sample.ts'
import type { Table } from './table.ts'

const rounds = Number(process.env['HOLDFAST_ROUNDS'] ?? 1)
const pieces = ['>=', '<', '==', '30', '-', '..', '[', ']', '(', ')', 'in', 'not', 'null', '"SMA1"', '"', "'", ',', '2026-01-31', 'date(', 'true', 'dpd', '&&', '__proto__',
  '\\', '\n', '1e9', '9'.repeat(50), '😀', 'emi > 3', 'state.matches("^(a+)+")'] // prettier-ignore

function refusedOnly(work: () => unknown, told: string): void {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof PolicyError, `${told}: ${error instanceof Error ? error.stack : String(error)}`)
  }
}

function randomCell(below: Below): string {
  return Array.from({ length: 1 + below(6) }, () => pieces[below(pieces.length)] as string).join(below(2) === 0 ? ' ' : '')
}

test('tables with random cells are compiled and analysed, or refused, and nothing else', () => {
  for (let round = 0; round < 400 * rounds; round++) {
    const below = seeded(round)
    const random = randomTable(below, 'first')
    const input = random.inputs[below(random.inputs.length)] ?? 'dpd'
    const cell = randomCell(below)
    const rows = random.rows.slice(0, 5).map((row, index) => (index === 0 ? { ...row, when: { ...row.when, [input]: cell } } : row))
    const table: Table = { ...random, rows, inputs: [...new Set([...random.inputs, input])] }
    refusedOnly(() => {
      compileTable(table, tableFields).decide(randomInput(below), '2026-01-01')
      analyse(table, tableFields)
    }, JSON.stringify(cell))
  }
})

test('CSV and JSON with one place changed are read or refused, and nothing else', () => {
  for (let round = 0; round < 300 * rounds; round++) {
    const below = seeded(round)
    const table = randomTable(below, 'first')
    const csv = toCsv({ ...table, rows: table.rows.slice(0, 4) })
    const at = below(csv.length)
    refusedOnly(() => compileTable(fromCsv(csv.slice(0, at) + randomCell(below) + csv.slice(at + below(3))), tableFields), csv)
    const json = JSON.stringify(toJson({ ...table, rows: table.rows.slice(0, 4) }))
    const changed = json.replace(/"[^"]*"|\d+/g, (token) =>
      below(40) === 0 ? (['null', '{}', '[]', '"x"', '3', 'true'][below(6)] as string) : token,
    )
    const parsed = parsedOrNull(changed)
    refusedOnly(() => compileTable(fromJson(parsed), tableFields), changed)
  }
})

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
