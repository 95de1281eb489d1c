import { Button } from '@mantine/core'
import { IconArrowRight, IconPrinter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CalculatorForm } from '#components/calculator-form.tsx'
import { Mark } from '#components/mark.tsx'
import { PageFrame } from '#components/page.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { QuoteView } from '#components/quote-view.tsx'
import { calculationOf } from '#components/calculator-input.ts'
import { infoQuery } from '#services/info.ts'
import { quoteQuery } from '#services/quotes.ts'
import { useMay } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import { dayOf } from '#services/when.ts'
import styles from '#routes/calculator.module.css'

const useToday = (): string => {
  const { data } = useQuery(infoQuery)
  return data?.businessDate ?? dayOf(data?.now ?? new Date().toISOString())
}

const Studio = () => {
  const [url] = useUrl()
  const calculation = calculationOf(url, useToday())
  const { input } = calculation
  const { data, error, isPlaceholderData } = useQuery(quoteQuery(input))
  return (
    <div className={styles.studio}>
      <CalculatorForm calculation={calculation} />
      <section className={styles.answer} aria-label="What it costs" aria-busy={isPlaceholderData}>
        {error && <ProblemNote error={error} />}
        {data && <QuoteView quote={data} input={input} />}
      </section>
    </div>
  )
}

/** The calculator inside the console. */
export const CalculatorPage = () => {
  const navigate = useNavigate()
  const may = useMay()
  const [url] = useUrl()
  return (
    <PageFrame
      title="Calculator"
      note="Saves nothing; the address holds every choice"
      split
      actions={
        <>
          <Button leftSection={<IconPrinter size={16} stroke={1.75} />} onClick={() => window.print()}>
            Print
          </Button>
          {may('lending.apply') && (
            <Button
              variant="filled"
              leftSection={<IconArrowRight size={16} stroke={1.75} />}
              onClick={() => void navigate({ to: '/apply', search: { principal: url['principal'], instalments: url['instalments'] } })}
            >
              Start an application
            </Button>
          )}
        </>
      }
    >
      <Studio />
    </PageFrame>
  )
}

/** The same for anybody: no session, no rail. */
export const OpenCalculatorPage = () => (
  <div className={styles.open}>
    <header className={styles.openBar}>
      <Mark />
      <span>Holdfast</span>
      <Link to="/signin">Sign in</Link>
    </header>
    <main>
      <PageFrame title="Calculator" note="Saves nothing; the address holds every choice" split>
        <Studio />
      </PageFrame>
    </main>
  </div>
)
