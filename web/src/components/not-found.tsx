import { Link } from '@tanstack/react-router'
import { Empty } from '#components/empty.tsx'
import { PageFrame } from '#components/page.tsx'

export const NotFound = () => (
  <PageFrame title="No such page">
    <Empty title="No page stands at this address" way={<Link to="/">Go to Today</Link>}>
      The link may be cut short, or the page belongs to something you may not see.
    </Empty>
  </PageFrame>
)
