/** A personal loan as most tests want it: 15 %, rupee instalments, 2 % fee with 18 % tax, 0.05 % a day, 3 % to foreclose. */
export const personalLoan = {
  name: 'Personal loan',
  currency: 'INR',
  principal: { min: 1_000_000, max: 100_000_000 },
  instalments: { min: 3, max: 60 },
  annualRate: '15',
  fee: { rate: '2', taxRate: '18' },
  lateCharge: { perDay: '0.05', rule: 'india-rbi' },
  foreclosure: { chargeRate: '3', taxRate: '18' },
} as const
