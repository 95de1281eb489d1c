/** What the demo lender offers; each as the operation `lending.make_product` takes it. */
export const demoProducts = {
  personal: {
    name: 'Personal loan',
    currency: 'INR',
    principal: { min: 2_500_000, max: 50_000_000 },
    instalments: { min: 3, max: 48 },
    annualRate: '15',
    fee: { rate: '2', taxRate: '18' },
    lateCharge: { perDay: '0.05', rule: 'india-rbi' },
    foreclosure: { chargeRate: '3', taxRate: '18' },
  },
  two_wheeler: {
    name: 'Two-wheeler loan',
    currency: 'INR',
    principal: { min: 4_000_000, max: 25_000_000 },
    instalments: { min: 6, max: 36 },
    annualRate: '13.5',
    fee: { rate: '1.5', taxRate: '18' },
    lateCharge: { perDay: '0.05', rule: 'india-rbi' },
    foreclosure: { chargeRate: '2', taxRate: '18' },
  },
  festival: {
    name: 'Festival loan',
    currency: 'INR',
    principal: { min: 1_000_000, max: 7_500_000 },
    instalments: { min: 3, max: 12 },
    annualRate: '18',
    fee: { rate: '1', taxRate: '18' },
    lateCharge: { perDay: '0.06', rule: 'india-rbi' },
  },
  // Every application goes to an officer.
  education: {
    name: 'Education loan',
    currency: 'INR',
    principal: { min: 10_000_000, max: 150_000_000 },
    instalments: { min: 12, max: 84 },
    annualRate: '10.25',
    fee: { rate: '0.5', taxRate: '18' },
    lateCharge: { perDay: '0.03', rule: 'india-rbi' },
    approval: 'officer',
  },
} as const

export type ProductName = keyof typeof demoProducts
export const productNames = Object.keys(demoProducts) as readonly ProductName[]

/** Personal loans become cheaper at the turn of the year: a second version, which the loans made before do not see. */
export const repricedPersonal = { ...demoProducts.personal, annualRate: '14.25' }
