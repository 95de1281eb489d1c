import { Button } from '@mantine/core'
import { IconCalculator, IconVersions } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Facts } from '#components/facts.tsx'
import { Money } from '#components/money.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { Panel } from '#components/panel.tsx'
import { ShortId } from '#components/short-id.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { moneyWithSymbol } from '#services/money.ts'
import { productQuery, type Product } from '#services/products.ts'
import { useMay } from '#services/session.ts'
import styles from '#components/pairs.module.css'

const MONTHS_SHOWN = 24
const METHODS: Record<string, string> = { emi: 'Declining EMI', flat: 'Flat', equal_principal: 'Equal principal', bullet: 'Bullet' }
const DAYS: Record<string, string> = {
  per_period: 'as equal periods',
  '30/360': 'as 30 of 360',
  'act/360': 'as they fall, of 360',
  'act/365': 'as they fall, of 365',
  'act/act': 'as they fall, of the year’s own (ISDA)',
}
const RULES: Record<string, string> = { 'india-rbi': 'RBI’s rule' }
const percent = (rate: string) => `${Number(rate)} %`

const Terms = ({ product }: { readonly product: Product }) => (
  <dl className={styles.pairs}>
    <dt>Interest</dt>
    <dd>
      {METHODS[product.method] ?? product.method}, {product.frequency}, days counted {DAYS[product.dayCount] ?? product.dayCount}
    </dd>
    <dt>Processing fee</dt>
    <dd>
      {Number(product.fee.rate) > 0
        ? `${percent(product.fee.rate)} of the principal, and ${percent(product.fee.taxRate)} GST on it; both are kept back from what is paid out`
        : 'none'}
    </dd>
    <dt>Late charge</dt>
    <dd>
      {Number(product.lateCharge.perDay) > 0
        ? `${percent(product.lateCharge.perDay)} a day of the overdue amount (${RULES[product.lateCharge.rule] ?? product.lateCharge.rule}): a penal charge that never earns interest, without GST`
        : 'none'}
    </dd>
    <dt>Foreclosure</dt>
    <dd>
      {Number(product.foreclosure.chargeRate) > 0
        ? `${percent(product.foreclosure.chargeRate)} of the principal outstanding, and ${percent(product.foreclosure.taxRate)} GST on it`
        : 'without charge'}
    </dd>
    <dt>Decision</dt>
    <dd>
      {product.approval === 'officer'
        ? 'every application that is not rejected goes to an officer'
        : 'the scorecard approves, refers or rejects'}
    </dd>
  </dl>
)

/** The calculator as this product would have it. */
const calculatorSearch = (product: Product) => ({
  principal: String(product.principal.max),
  instalments: String(Math.min(product.instalments.max, Math.max(product.instalments.min, MONTHS_SHOWN))),
  rate: product.annualRate,
  every: product.frequency,
  method: product.method,
  dayCount: product.dayCount,
  round: product.rounding.instalment,
  fee: product.fee.rate,
  tax: product.fee.taxRate,
})

export const ProductPage = () => {
  const { product: id = '' } = useParams({ strict: false })
  const navigate = useNavigate()
  const may = useMay()
  const { data: product, error } = useQuery(productQuery(id))
  if (!product) return <PageWait title="Product" error={error} />
  return (
    <PageFrame
      title={product.name}
      crumbs={[{ word: 'Products', to: '/products' }, { word: <ShortId id={product.id} copy /> }]}
      badges={<StateBadge state={product.state} soft />}
      actions={
        <>
          {may('lending.make_product') && (
            <Button
              leftSection={<IconVersions size={16} stroke={1.75} />}
              onClick={() => void navigate({ to: `/products/${product.id}/version` })}
            >
              New version
            </Button>
          )}
          <Button
            leftSection={<IconCalculator size={16} stroke={1.75} />}
            onClick={() =>
              void navigate({
                to: '/calculator',
                search: calculatorSearch(product),
              })
            }
          >
            Calculate
          </Button>
        </>
      }
    >
      <Facts
        facts={[
          { label: 'Rate', value: percent(product.annualRate), of: 'a year' },
          {
            label: 'Amount',
            value: <Money minor={product.principal.max} currency={product.currency} symbol />,
            of: `at most; from ${moneyWithSymbol(product.principal.min, product.currency)}`,
          },
          { label: 'Instalments', value: `${product.instalments.min}–${product.instalments.max}`, of: product.frequency },
          { label: 'Version', value: product.version, of: 'a loan keeps its version' },
        ]}
      />
      <Panel title="Terms">
        <Terms product={product} />
      </Panel>
      <p>
        <Link to="/loans" search={{ product: product.id }}>
          Loans of this product
        </Link>
      </p>
    </PageFrame>
  )
}
