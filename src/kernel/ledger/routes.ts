import { type Route, route } from '#kernel/http'
import { holds, oneHold } from './hold-views.ts'
import { captureHold, makeHold, releaseHold } from './hold.ts'
import { openAccount } from './open.ts'
import { reverseTransfer } from './reverse.ts'
import { transfer } from './transfer.ts'
import { trialBalance } from './trial-balance.ts'
import { account, accounts, oneTransfer, transfers } from './views.ts'

export const ledgerRoutes: readonly Route[] = [
  route('POST /api/v1/ledger/accounts', openAccount),
  route('GET /api/v1/ledger/accounts', accounts),
  route('GET /api/v1/ledger/accounts/:account', account),
  route('POST /api/v1/ledger/transfers', transfer),
  route('GET /api/v1/ledger/transfers', transfers),
  route('GET /api/v1/ledger/transfers/:transfer', oneTransfer),
  route('POST /api/v1/ledger/transfers/:transfer/reversal', reverseTransfer),
  route('POST /api/v1/ledger/holds', makeHold),
  route('GET /api/v1/ledger/holds', holds),
  route('GET /api/v1/ledger/holds/:hold', oneHold),
  route('POST /api/v1/ledger/holds/:hold/capture', captureHold),
  route('POST /api/v1/ledger/holds/:hold/release', releaseHold),
  route('GET /api/v1/reports/trial-balance', trialBalance),
]
