import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Application, planOf } from './plan.ts'
import { fullStory } from './tell.ts'

const plan = planOf(fullStory)
const people = [...new Set(plan.map(({ borrower }) => borrower))]

test('60 people and 80 applications within the story, and nobody is somebody else', () => {
  assert.deepEqual([people.length, plan.length], [fullStory.borrowers, fullStory.loans])
  for (const field of ['name', 'phone', 'pan', 'email'] as const) {
    const values = people.map((one) => one[field])
    if (field !== 'name') assert.equal(new Set(values).size, values.length, field)
  }
  const logins = people.flatMap(({ login }) => login ?? [])
  assert.ok(new Set(logins).size === logins.length && logins.includes('meera@demo'), logins.join())
  for (const { borrower, on } of plan) {
    assert.ok(on >= fullStory.begins && on < fullStory.ends, on)
    assert.match(borrower.pan, /^[A-Z]{3}P[A-Z]\d{4}[A-Z]$/)
    assert.equal(borrower.pan[4], borrower.name.split(' ').at(-1)?.[0])
    assert.match(borrower.phone, /^\+9190000\d{5}$/)
  }
})

test('the same seed tells the same story, another seed another', () => {
  assert.deepEqual(planOf(fullStory), plan)
  assert.notDeepEqual(planOf({ ...fullStory, seed: fullStory.seed + 1 }), plan)
})

test('everything that can become of a loan is cast', () => {
  const has = (what: string, is: (one: Application) => boolean, least = 1): void =>
    assert.ok(plan.filter(is).length >= least, `${what}: ${plan.filter(is).length}`)
  for (const kind of ['on_time', 'early', 'desk', 'late', 'part', 'round', 'prepays', 'bounces'] as const)
    has(kind, ({ course }) => course.kind === kind)
  has('forecloses', ({ course }) => course.kind === 'forecloses', 3)
  has('stops', ({ course }) => course.kind === 'stops', 4)
  has('never answers', ({ answer }) => answer === null, 3)
  has('waits for an officer', ({ officer }) => officer === 'waits', 3)
  has('rejected by an officer', ({ officer }) => officer === 'rejects')
  has('a disbursal that fails', ({ held }) => held === 'for_good')
  has('and one that is cleared', ({ held }) => held === 'cleared')
  assert.throws(() => planOf({ ...fullStory, borrowers: 20 }), RangeError)
})
