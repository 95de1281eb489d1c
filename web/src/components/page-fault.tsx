import { Button } from '@mantine/core'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { PageFrame } from '#components/page.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { LostAnswer, Refusal } from '#services/http.ts'

/** A page that could not be drawn: the refusal in full, a server that is away, or a fault of the console's own. */
export const PageFault = ({ error, reset }: ErrorComponentProps) => {
  const router = useRouter()
  const again = () => {
    reset()
    void router.invalidate()
  }
  const own = !(error instanceof Refusal) && !(error instanceof LostAnswer)
  return (
    <PageFrame title={own ? 'This page has a fault' : 'This page could not be read'} actions={<Button onClick={again}>Try again</Button>}>
      {own ? (
        <p>The console could not draw it: {error instanceof Error ? error.message : String(error)}. Nothing was changed by that.</p>
      ) : (
        <ProblemNote error={error} />
      )}
    </PageFrame>
  )
}
