import { Button } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Mark } from '#components/mark.tsx'
import { PasswordField } from '#components/password-field.tsx'
import { PhoneField } from '#components/phone-field.tsx'
import { ProblemNote } from '#components/problem-note.tsx'
import { TextField } from '#components/text-field.tsx'
import { useForm } from '#services/form.ts'
import { api } from '#services/http.ts'
import { lengthHint, useBodySchema } from '#services/schema.ts'
import { signIn } from '#services/session.ts'
import { useUrl } from '#services/url.ts'
import styles from '#routes/signin.module.css'

type Values = { readonly token: string; readonly name: string; readonly phone: string; readonly login: string; readonly password: string }
const BY_CODE = { 'identity.password_weak': 'password', 'identity.login_known': 'login', 'identity.phone_known': 'phone' }

/** Where the one-time link of an empty installation leads: it makes the first administrator. */
export const SetUpPage = () => {
  const [{ token = '' }] = useUrl()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const schema = useBodySchema('identity.set_up')
  const form = useForm<Values>({ token, name: '', phone: '', login: '', password: '' }, schema, { byCode: BY_CODE })
  useEffect(() => {
    document.title = 'First administrator · Holdfast'
  }, [])
  const make = useMutation({
    mutationFn: async (values: Values) => {
      await api<unknown>('/api/v1/set-up', { body: values, key: crypto.randomUUID() })
      await signIn(values.login, values.password)
    },
    onSuccess: async () => {
      queries.clear()
      await navigate({ to: '/' })
    },
  })
  const { values, set } = form
  const field = (name: keyof Values) => ({
    value: values[name],
    onChange: (value: string) => set(name, value),
    error: form.errorOf(name, make.error),
  })
  return (
    <main className={styles.page}>
      <div className={styles.brand}>
        <Mark size={34} />
        <span>Holdfast</span>
      </div>
      <form
        className={styles.card}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (form.ready()) make.mutate(values)
        }}
      >
        <h1>First administrator</h1>
        <TextField label="Name" autoFocus autoComplete="name" {...field('name')} />
        <PhoneField autoComplete="tel" onChange={(phone) => set('phone', phone)} error={form.errorOf('phone', make.error)} />
        <TextField label="Login" autoComplete="username" {...field('login')} />
        <PasswordField label="Password" autoComplete="new-password" {...field('password')} hint={lengthHint(schema, 'password')} />
        {make.isError && !form.fieldOf(make.error) && <ProblemNote error={make.error} />}
        <Button type="submit" variant="filled" size="lg" fullWidth loading={make.isPending}>
          Make the first administrator
        </Button>
        <Link to="/signin">Sign in instead</Link>
      </form>
    </main>
  )
}
