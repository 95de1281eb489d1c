import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { checksEveryEntry, checksTheWholeLedger } from './console/auditor.ts'
import { lendsToABorrower, showsABorrowerTheirOwn } from './console/borrower.ts'
import { findChromium } from './console/browser.ts'
import {
  calculatesAProduct,
  keepsOnesOwnPageToOneself,
  leadsToWhomTheBellCounts,
  survivesOddAddresses,
  takesOneApplicationAfterAnother,
} from './console/corners.ts'
import { actsOnTheDayThatIsWritten, calculatesWhatIsTyped } from './console/days.ts'
import { readsAChartByKeyboard, takesAQueueByKeyboard } from './console/desk.ts'
import { balancesAsOfADay, lendsFromApplicationToForeclosure } from './console/lending.ts'
import { calculatesWithTheSlider, fitsEveryWidth, holdsCroresOfCrores, pagesAreClean, signsInByKeyboard } from './console/looks.ts'
import {
  asksNothingForTheNext,
  paysOnceForADoubleClick,
  paysOnceThoughTheSessionEnds,
  paysOnceWhenTheAnswerIsLost,
  refusesBesideTheField,
  staysSignedInInTwoTabs,
} from './console/money.ts'
import {
  changesAPasswordAndIsDeactivated,
  makesAProductAndItsNextVersion,
  paysOutOfAWallet,
  rejectsWithAReason,
  reversesARepaymentBeneathAnother,
} from './console/moves.ts'
import {
  breaksAReaction,
  comesBackLive,
  findsATamperedEntry,
  ordersABreaker,
  replaysADeadLetter,
  showsChangesLive,
} from './console/operations.ts'
import { acceptsAKeyThatWasReplaced, acceptsALogThatWasRestored } from './console/proof.ts'
import { closeStage, openStage, type Stage } from './console/stage.ts'
import { paysNoMoreThanIsThere } from './console/wallet.ts'
import { keepsTheFocus, opensRowsByKeyboard, saysWhichPageCame } from './console/wayfinding.ts'

const chromium = await findChromium()
if (!chromium && process.env['CI']) throw new Error('CI must have a Chromium: the browser tests would be skipped')

void describe('console', { skip: chromium ? false : 'no Chromium here' }, () => {
  let stage: Stage | undefined
  let [caught, borrowed] = ['', '']
  const on = (journey: (stage: Stage) => Promise<void>) => async (): Promise<void> => {
    assert.ok(stage, 'the stage is set')
    await journey(stage)
  }
  before(async () => {
    stage = await openStage(chromium ?? '')
    // Its tries take a dozen seconds; it is looked at in the end. So is what becomes overdue with the time.
    ;[caught, borrowed] = await Promise.all([breaksAReaction(stage), lendsToABorrower(stage)])
  })
  after(() => closeStage(stage))
  void it('signs in with the keyboard alone, and comes back to where it was', on(signsInByKeyboard))
  void it('keeps two tabs signed in that refresh at once', on(staysSignedInInTwoTabs))
  void it('calculates with the slider, for anybody', on(calculatesWithTheSlider))
  void it('calculates what is typed, and says what it cannot read', on(calculatesWhatIsTyped))
  void it('acts on the day that is written in its field, or on none', on(actsOnTheDayThatIsWritten))
  void it('opens rows by keyboard, and says that they open', on(opensRowsByKeyboard))
  void it('says which page came, and takes the focus there', on(saysWhichPageCame))
  void it('keeps the focus when what had it goes away, and sends nothing unseen', on(keepsTheFocus))
  void it('lends from application to foreclosure, live', on(lendsFromApplicationToForeclosure))
  void it('shows the trial balance, now and as of a day', on(balancesAsOfADay))
  void it('takes a repayment once for a double click, and verifies its entry in the browser', on(paysOnceForADoubleClick))
  void it('shows a refusal beside its field, and keeps what was typed', on(refusesBesideTheField))
  void it('pays once when the answer is lost and the page reloaded', on(paysOnceWhenTheAnswerIsLost))
  void it('pays once though the session ends before its answer comes, whoever signs in next', on(paysOnceThoughTheSessionEnds))
  void it('asks after nothing under the name of whoever signs in next', on(asksNothingForTheNext))
  void it('takes a queue of repayments by keyboard alone', on(takesAQueueByKeyboard))
  void it('reads a chart by keyboard', on(readsAChartByKeyboard))
  void it('reverses a repayment beneath a later one, with a reason', on(reversesARepaymentBeneathAnother))
  void it('rejects an application with a reason', on(rejectsWithAReason))
  void it('pays out of a wallet what is in it', on(paysOutOfAWallet))
  void it('changes a password, and signs out who is deactivated', on(changesAPasswordAndIsDeactivated))
  void it('makes a product and its next version', on(makesAProductAndItsNextVersion))
  void it('takes one application after another, each begun empty', on(takesOneApplicationAfterAnother))
  void it('shows nobody the loans of others as their own', on(keepsOnesOwnPageToOneself))
  void it('leads to whom the bell counts', on(leadsToWhomTheBellCounts))
  void it('survives addresses that nobody means', on(survivesOddAddresses))
  void it('calculates a product as it is, and makes no version that changes nothing', on(calculatesAProduct))
  void it('checks every entry of a loan, and names one that was altered or kept back', on(checksEveryEntry))
  void it('checks the whole ledger while one is elsewhere', on(checksTheWholeLedger))
  void it('finds in the browser an entry that was altered in the database', on(findsATamperedEntry))
  void it('accepts a key that was replaced, by its fingerprint alone', on(acceptsAKeyThatWasReplaced))
  void it('accepts a log that was restored, by who told of it and why alone', on(acceptsALogThatWasRestored))
  void it('shows changes of others without a reload', on(showsChangesLive))
  void it('comes back live after the line to the server broke', on(comesBackLive))
  void it('shows a borrower what they owe, and their own loans only', () => on((one) => showsABorrowerTheirOwn(one, borrowed))())
  void it('says what a wallet lacks, leads on, and leaves the last word to the server', on(paysNoMoreThanIsThere))
  void it('forces a breaker open and closes it, with reasons', on(ordersABreaker))
  void it('replays a dead letter', () => on((one) => replaysADeadLetter(one, caught))())
  void it('holds crores of crores without moving sideways', on(holdsCroresOfCrores))
  void it('fits every width between a desktop and a phone', on(fitsEveryWidth))
  void it('shows every page clean to axe in light and dark, and fitting on a phone', on(pagesAreClean))
})
