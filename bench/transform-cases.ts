/** One spec and the text it runs on: the shapes that reach a lender's event processor. */
export type BenchCase = { readonly name: string; readonly spec: unknown; readonly input: string }

const loan = `{"application":{"id":"LA-20931","channel":"partner-7","submittedAt":"2026-01-31T10:15:00Z","applicant":{"name":"Asha Rao","dob":"1991-04-02",
"mobile":"9820000001","income":52000.0,"emails":["asha@example.com","a.rao@example.com"],"address":{"line1":"14 Hill Road","city":"Mumbai","pin":"400050"}},
"loan":{"amount":150000,"tenure":18,"rate":19.5,"purpose":"consumer-durable","fees":[{"type":"processing","amount":1500.0},{"type":"stamp","amount":200}]},
"bureau":{"provider":"cibil","score":742,"enquiries":3,"accounts":[{"type":"card","balance":12000,"dpd":0},{"type":"auto","balance":230000,"dpd":12},
{"type":"personal","balance":0,"dpd":null}]}}}`

const payments = `{"batch":"B-77","payments":[${Array.from(
  { length: 12 },
  (_, i) =>
    `{"id":"P${i}","loan":"L${i % 5}","amount":${(i + 1) * 1250}.5,"mode":"${i % 2 === 0 ? 'upi' : 'nach'}","status":"${i % 3 === 0 ? 'failed' : 'settled'}","at":1769854500${i % 10}00}`,
).join(',')}]}`

const event =
  '{"type":"repaid","loan":"L1","data":{"amount":"2500","dpd":"12","flags":"a,b,c","note":"  Paid at branch ","extra":null},"rating":{"primary":{"value":3},"quality":{"value":3}}}'

const op = (operation: string, spec: unknown): unknown => ({ operation, spec })

export const CASES: readonly BenchCase[] = [
  {
    name: 'shift: rename a loan application',
    input: loan,
    spec: [
      op('shift', {
        application: {
          id: 'loan.ref',
          channel: 'loan.source',
          applicant: {
            name: 'party.fullName',
            mobile: 'party.phones[0]',
            income: 'party.income',
            emails: { '*': 'party.emails[]' },
            address: { '*': 'party.address.&' },
          },
          loan: { 'amount|tenure|rate': 'terms.&', fees: { '*': { type: 'fees[&1].kind', amount: 'fees[&1].value' } } },
          bureau: { score: 'risk.score', accounts: { '*': { '@type': 'risk.kinds[]', dpd: 'risk.dpd[]' } } },
        },
      }),
    ],
  },
  {
    name: 'shift: group payments by status',
    input: payments,
    spec: [op('shift', { batch: 'batch', payments: { '*': { '@': '@status[]', amount: 'amounts.@(1,mode)[]', id: 'ids[]' } } })],
  },
  {
    name: 'shift: stars and references',
    input: event,
    spec: [
      op('shift', {
        rating: { primary: { value: 'Rating' }, '*': { value: 'Secondary.&1.Value', $: 'Secondary.&1.Id' } },
        'd*': { '*': '&(1,1).&' },
        '*': '&',
      }),
    ],
  },
  {
    name: 'chain: shift, default, modify',
    input: event,
    spec: [
      op('shift', { data: { '*': '&' }, loan: 'loan' }),
      op('default', { currency: 'INR', meta: { version: 1 } }),
      op('modify-overwrite-beta', {
        amount: '=toInteger',
        dpd: '=toInteger',
        note: '=trim',
        flags: "=split(',',@(1,flags))",
        label: "=concat(@(1,loan),'/',@(1,currency))",
      }),
    ],
  },
  {
    name: 'remove and sort',
    input: loan,
    spec: [
      op('remove', { application: { applicant: { dob: '', mobile: '' }, bureau: { accounts: { '*': { 'd*': '' } } } } }),
      { operation: 'sort' },
    ],
  },
  {
    name: 'default: lists and wildcards',
    input: payments,
    spec: [op('default', { 'payments[]': { '*': { currency: 'INR', tags: [] } }, 'mode|batch': 'none', region: 'west' })],
  },
  {
    name: 'cardinality',
    input: loan,
    spec: [op('cardinality', { application: { applicant: { emails: 'ONE', mobile: 'MANY' }, loan: { fees: 'ONE' } } })],
  },
  {
    name: 'modify: sums over lists',
    input: loan,
    spec: [
      op('modify-default-beta', {
        application: {
          loan: { total: '=doubleSum(@(1,amount),@(1,rate))', monthly: '=divideAndRound(2,@(1,amount),@(1,tenure))' },
          worst: '=max(3,12,@(1,bureau.score))',
        },
      }),
    ],
  },
]

/** The same question as the first case, as JSONata asks it. */
export const JSONATA = {
  input: loan,
  text: `application.{"loan": {"ref": id, "source": channel}, "party": {"fullName": applicant.name, "phones": [applicant.mobile], "income": applicant.income,
"emails": applicant.emails, "address": applicant.address}, "terms": {"amount": loan.amount, "tenure": loan.tenure, "rate": loan.rate},
"fees": loan.fees.{"kind": type, "value": amount}, "risk": {"score": bureau.score, "kinds": bureau.accounts.type, "dpd": bureau.accounts.dpd}}`,
}
