import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Empty } from '#components/empty.tsx'
import { Money } from '#components/money.tsx'
import { PageFrame } from '#components/page.tsx'
import { PageWait } from '#components/page-wait.tsx'
import { PlainTable, type Column } from '#components/plain-table.tsx'
import { StateBadge } from '#components/state-badge.tsx'
import { percentText } from '#services/percent.ts'
import { productsQuery, type Product } from '#services/products.ts'
import { useMay } from '#services/session.ts'

const columns: readonly Column<Product>[] = [
  {
    id: 'name',
    head: 'Product',
    strong: true,
    place: 'start',
    cell: (product) => <Link to={`/products/${product.id}`}>{product.name}</Link>,
  },
  { id: 'version', head: 'Version', align: 'right', quiet: true, cell: (product) => product.version },
  { id: 'rate', head: 'Rate % a year', align: 'right', cell: (product) => percentText(product.annualRate) },
  { id: 'from', head: 'From ₹', align: 'right', cell: (product) => <Money minor={product.principal.min} currency={product.currency} /> },
  { id: 'to', head: 'To ₹', align: 'right', cell: (product) => <Money minor={product.principal.max} currency={product.currency} /> },
  { id: 'instalments', head: 'Instalments', align: 'right', cell: (product) => `${product.instalments.min}–${product.instalments.max}` },
  { id: 'fee', head: 'Fee %', align: 'right', wide: true, cell: (product) => percentText(product.fee.rate) },
  {
    id: 'approval',
    head: 'Decided by',
    wide: true,
    quiet: true,
    cell: (product) => (product.approval === 'officer' ? 'an officer, always' : 'the scorecard'),
  },
  { id: 'state', head: 'State', place: 'end', cell: (product) => <StateBadge state={product.state} /> },
]

/** What can be lent, on which terms. A loan keeps the version it was made with. */
export const ProductsPage = () => {
  const may = useMay()
  const navigate = useNavigate()
  const { data, error } = useQuery(productsQuery)
  if (!data) return <PageWait title="Products" error={error} />
  return (
    <PageFrame
      title="Products"
      note={data.length}
      actions={
        may('lending.make_product') && (
          <Button
            variant="filled"
            leftSection={<IconPlus size={16} stroke={1.75} />}
            onClick={() => void navigate({ to: '/products/new' })}
          >
            New product
          </Button>
        )
      }
    >
      {data.length === 0 ? (
        <Empty title="No product yet" way={may('lending.make_product') && <Link to="/products/new">Make the first product</Link>}>
          A product says how much is lent, for how long and at which price. An administrator makes it.
        </Empty>
      ) : (
        <PlainTable caption="Products" columns={columns} rows={data} keyOf={(product) => product.id} stack />
      )}
    </PageFrame>
  )
}
