import { PageFrame } from '#components/page.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { Waiting } from '#components/waiting.tsx'

/** A page before its thing has come, or instead of it. */
export const PageWait = ({ title, error }: { readonly title: string; readonly error: unknown }) => (
  <PageFrame title={title} waiting={!error}>
    {error ? <ProblemNote error={error} /> : <Waiting what={title.toLowerCase()} />}
  </PageFrame>
)
