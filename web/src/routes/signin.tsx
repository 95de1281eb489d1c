import { Button } from '@mantine/core'
import {
  IconActivity,
  IconCash,
  IconDeviceMobile,
  IconFlask,
  IconScale,
  IconSettings,
  IconShieldCheck,
  type Icon,
} from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Mark } from '#components/mark.tsx'
import { PasswordField } from '#components/password-field.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { TextField } from '#components/text-field.tsx'
import { infoQuery, type DemoLogin } from '#services/info.ts'
import { ownAddress } from '#services/own-address.ts'
import { roleWord, sessionQuery, signIn } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import styles from '#routes/signin.module.css'

const ICONS: Record<string, Icon> = {
  admin: IconSettings,
  cashier: IconCash,
  auditor: IconScale,
  borrower: IconDeviceMobile,
  operations: IconActivity,
}
const NOTES: Record<string, string> = { auditor: 'Auditor, reads all', borrower: 'Borrower, own loans' }

const DemoPeople = ({
  people,
  onChoose,
  busy,
}: {
  readonly people: readonly DemoLogin[]
  readonly onChoose: (person: DemoLogin) => void
  readonly busy: boolean
}) => (
  <section className={styles.demo} aria-labelledby="demo-people">
    <h2 id="demo-people">
      <IconFlask size={16} stroke={1.6} aria-hidden="true" /> Sandbox on this computer: sign in as
    </h2>
    <div className={styles.people}>
      {people.map((person) => {
        const Shape = ICONS[person.role] ?? IconShieldCheck
        return (
          <button key={person.login} type="button" className={styles.person} disabled={busy} onClick={() => onChoose(person)}>
            <Shape size={17} stroke={1.6} aria-hidden="true" />
            <span>
              <b>{person.name}</b>
              <span>{NOTES[person.role] ?? roleWord(person.role)}</span>
            </span>
          </button>
        )
      })}
    </div>
  </section>
)

export const SignInPage = () => {
  const [{ next }] = useUrl()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { data: info } = useQuery(infoQuery)
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  useEffect(() => {
    document.title = 'Sign in · Holdfast'
  }, [])
  const enter = useMutation({
    mutationFn: (who: { login: string; password: string }) => signIn(who.login, who.password),
    onSuccess: async () => {
      queries.clear()
      await queries.fetchQuery(sessionQuery)
      await navigate({ href: ownAddress(next) })
    },
  })
  return (
    <main className={styles.page}>
      <div className={styles.brand}>
        <Mark size={34} />
        <span>Holdfast</span>
      </div>
      <form
        className={styles.card}
        onSubmit={(event) => {
          event.preventDefault()
          enter.mutate({ login, password })
        }}
      >
        <h1>Sign in</h1>
        <TextField label="Login" value={login} onChange={setLogin} autoComplete="username" autoFocus />
        <PasswordField label="Password" autoComplete="current-password" value={password} onChange={setPassword} />
        {enter.isError && <ProblemNote error={enter.error} />}
        <Button type="submit" variant="filled" size="lg" fullWidth loading={enter.isPending}>
          Sign in
        </Button>
        <Link to="/open/calculator">Calculate a loan without signing in</Link>
      </form>
      {info?.demo && info.demo.length > 0 && (
        <DemoPeople people={info.demo} onChoose={(person) => enter.mutate(person)} busy={enter.isPending} />
      )}
    </main>
  )
}
