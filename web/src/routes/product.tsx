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

const METHODS: Record<string, string> = { emi: 'Declining EMI', flat: 'Flat', equal_principal: 'Equal principal', bullet: 'Bullet' }
const percent = (rate: string) => `${Number(rate)} %`

const Terms = ({ product }: { readonly product: Product }) => (
  <dl className={styles.pairs}>
    <dt>Interest</dt>
    <dd>
      {METHODS[product.method] ?? product.method}, {product.frequency}, day count {product.dayCount.replaceAll('_', ' ')}
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
        ? `${percent(product.lateCharge.perDay)} a day of the overdue amount (rule ${product.lateCharge.rule}): a penal charge that never earns interest, without GST`
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
                search: { rate: product.annualRate, fee: product.fee.rate, tax: product.fee.taxRate, round: product.rounding.instalment },
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
