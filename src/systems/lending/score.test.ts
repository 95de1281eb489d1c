import assert from 'node:assert/strict'
import test from 'node:test'
import { scoreApplication } from './score.ts'
import type { BureauReport, ScoreDecision, ScoredApplication } from './score.ts'

const clean: BureauReport = { score: 780, writtenOff: false, overdueAccounts: 0, enquiries6Months: 0, monthlyObligations: 0n }
const application: ScoredApplication = { instalment: 1_000_000n, monthlyIncome: 5_000_000n }

test('each reason counts as its table says, and the boundary and the value past it differ', () => {
  const table: readonly (readonly [Partial<BureauReport>, Partial<ScoredApplication>, ScoreDecision, readonly string[]])[] = [
    [{}, {}, 'approve', ['bureau_score_good', 'obligations_affordable']],
    [{}, { monthlyIncome: null }, 'approve', ['bureau_score_good']],
    [{ score: 800 }, {}, 'approve', ['bureau_score_excellent', 'obligations_affordable']],
    [{ score: 700 }, { monthlyIncome: null }, 'approve', ['bureau_score_fair']],
    [{ score: 699 }, { monthlyIncome: null }, 'refer', ['bureau_score_low']],
    [{ score: 650 }, {}, 'refer', ['bureau_score_low', 'obligations_affordable']],
    [{ score: 649 }, {}, 'reject', ['bureau_score_poor', 'obligations_affordable']],
    [{ score: null }, {}, 'refer', ['bureau_no_file', 'obligations_affordable']],
    [{ writtenOff: true }, {}, 'reject', ['bureau_score_good', 'account_written_off', 'obligations_affordable']],
    [{ overdueAccounts: 1 }, {}, 'approve', ['bureau_score_good', 'account_overdue', 'obligations_affordable']],
    [{ overdueAccounts: 2, score: 850 }, {}, 'refer', ['bureau_score_excellent', 'accounts_overdue', 'obligations_affordable']],
    [{ enquiries6Months: 2 }, {}, 'approve', ['bureau_score_good', 'obligations_affordable']],
    [{ enquiries6Months: 3 }, {}, 'approve', ['bureau_score_good', 'enquiries_some', 'obligations_affordable']],
    [{ enquiries6Months: 6, score: 720 }, {}, 'refer', ['bureau_score_fair', 'enquiries_many', 'obligations_affordable']],
    [{ monthlyObligations: 1_000_000n }, {}, 'approve', ['bureau_score_good', 'obligations_affordable']], // exactly 40 %
    [{ monthlyObligations: 1_000_001n }, {}, 'approve', ['bureau_score_good', 'obligations_above_40_percent']],
    [{ monthlyObligations: 1_500_001n }, {}, 'approve', ['bureau_score_good', 'obligations_above_50_percent']],
    [{ monthlyObligations: 2_250_001n }, {}, 'reject', ['bureau_score_good', 'obligations_above_65_percent']],
    [{ monthlyObligations: null }, { monthlyIncome: 0n }, 'reject', ['bureau_score_good', 'income_none']],
  ]
  for (const [report, applied, decision, codes] of table) {
    const got = scoreApplication({ ...clean, ...report }, { ...application, ...applied })
    assert.deepEqual([got.decision, got.reasons.map(({ code }) => code)], [decision, codes])
    assert.equal(
      got.points,
      got.reasons.reduce((sum, { points }) => sum + points, 100),
    )
  }
})

test('what forces a rejection wins over what forces a referral', () => {
  assert.equal(scoreApplication({ ...clean, score: null, writtenOff: true }, application).decision, 'reject')
})
