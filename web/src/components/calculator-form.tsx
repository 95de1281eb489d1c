import { DAY_COUNTS, feeOf, FREQUENCIES, METHODS, ROUNDINGS, type Calculation } from '#components/calculator-input.ts'
import { DateField } from '#components/date-field.tsx'
import { PercentField } from '#components/percent-field.tsx'
import { SelectField } from '#components/select-field.tsx'
import { SliderField } from '#components/slider-field.tsx'
import { moneyWithSymbol, parseMoney } from '#services/money.ts'
import { useUrl } from '#services/url.ts'
import styles from '#components/calculator-form.module.css'

const PRINCIPAL = { min: 1_000_000, max: 50_000_000, step: 100_000 }
const RATE = { min: 0, max: 36, step: 0.25 }
const INSTALMENTS = { min: 3, max: 84, step: 1 }
const INSTALMENTS_AT_MOST = 600

const readRate = (text: string) => {
  const match = /^(\d{1,2}(?:\.\d{1,6})?)\s*%?$/.exec(text.trim())
  return match ? Number(match[1]) : undefined
}
const readCount = (text: string) =>
  /^\d{1,3}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= INSTALMENTS_AT_MOST ? Number(text) : undefined
const readPrincipal = (text: string) => {
  const minor = parseMoney(text)
  return minor !== undefined && minor > 0 ? minor : undefined
}

/** Sliders and choices; every change goes into the address and from there to the server's arithmetic. */
export const CalculatorForm = ({ calculation }: { readonly calculation: Calculation }) => {
  const [, set] = useUrl()
  const { input, feeRate, taxRate } = calculation
  const fee = input.fees[0]?.amount ?? 0
  const disburse = (disbursedOn: string | undefined) => {
    // A first due date that would lie before it follows it again, a month later.
    if (disbursedOn) set({ disbursedOn, ...(input.firstDueOn <= disbursedOn ? { firstDueOn: undefined } : {}) })
  }
  return (
    <form className={styles.form} aria-label="The loan" onSubmit={(event) => event.preventDefault()}>
      <SliderField
        label="Amount"
        value={input.principal}
        {...PRINCIPAL}
        onChange={(value) => set({ principal: String(value) })}
        show={(value) => moneyWithSymbol(value, 'INR', 'whole')}
        read={readPrincipal}
        ends={(value) => moneyWithSymbol(value, 'INR', 'whole')}
      />
      <SliderField
        label="Rate a year"
        value={Number(input.annualRate)}
        {...RATE}
        onChange={(value) => set({ rate: String(value) })}
        show={(value) => `${value.toFixed(Math.max(2, String(value).split('.')[1]?.length ?? 0))} %`}
        read={readRate}
        ends={(value) => `${value} %`}
      />
      <SliderField
        label="Instalments"
        value={input.instalments}
        {...INSTALMENTS}
        onChange={(value) => set({ instalments: String(value) })}
        show={String}
        read={readCount}
        ends={String}
      />
      <div className={styles.pairs}>
        <SelectField label="Method" value={input.method} options={METHODS} onChange={(method) => set({ method })} />
        <SelectField label="Every" value={input.frequency} options={FREQUENCIES} onChange={(every) => set({ every })} />
        <SelectField label="Day count" value={input.dayCount} options={DAY_COUNTS} onChange={(dayCount) => set({ dayCount })} />
        <SelectField label="Round to" value={input.rounding.instalment} options={ROUNDINGS} onChange={(round) => set({ round })} />
        <DateField label="Disbursed on" value={input.disbursedOn} onChange={disburse} />
        <DateField label="First due on" value={input.firstDueOn} onChange={(firstDueOn) => firstDueOn && set({ firstDueOn })} />
      </div>
      <fieldset className={styles.fees}>
        <legend>Fees, deducted from what is paid out</legend>
        <div className={styles.pairs}>
          <PercentField label="Processing fee" value={feeRate} onChange={(rate) => set({ fee: rate })} />
          <PercentField label="GST on it" value={taxRate} onChange={(tax) => set({ tax })} />
        </div>
        <p>
          {fee > 0 ? `Fee ${moneyWithSymbol(fee)}, and ${moneyWithSymbol(feeOf(fee, taxRate))} GST on it.` : 'No fee, and so no GST on it.'}
        </p>
      </fieldset>
    </form>
  )
}
