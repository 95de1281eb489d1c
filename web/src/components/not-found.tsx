import { Link } from '@tanstack/react-router'
import { Empty } from '#components/empty.tsx'

export const NotFound = () => (
  <Empty title="No page stands at this address" way={<Link to="/">Go to Today</Link>}>
    The link may be cut short, or the page belongs to something you may not see.
  </Empty>
)
