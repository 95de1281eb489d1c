import { at } from '#services/http.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { NothingRecorded, WhatHappens } from '#components/consequence.tsx'
import { MovePage } from '#components/move-page.tsx'
import { PasswordField } from '#components/password-field.tsx'
import { useForm } from '#services/form.ts'
import { useMove } from '#services/move.ts'
import { lengthHint, useBodySchema } from '#services/schema.ts'
import { roleWord, sessionQuery } from '#services/session.ts'

type Values = { readonly currentPassword: string; readonly newPassword: string }
const BY_CODE = { 'identity.credentials_wrong': 'currentPassword', 'identity.password_weak': 'newPassword' }

/** A new password. It ends every session of mine, this one too. */
export const MePage = () => {
  const { data } = useQuery(sessionQuery)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const schema = useBodySchema('identity.change_password')
  const move = useMove<unknown>('password', { secret: true })
  const form = useForm<Values>({ currentPassword: '', newPassword: '' }, schema, { byCode: BY_CODE })
  const refused = move.state === 'refused' ? move.error : undefined
  useEffect(() => {
    if (move.state !== 'done') return
    queries.clear()
    void navigate({ to: '/signin' })
  }, [move.state, queries, navigate])
  const field = (name: keyof Values) => ({
    value: form.values[name],
    onChange: (value: string) => form.set(name, value),
    error: form.errorOf(name, refused),
  })
  return (
    <MovePage
      title="My password"
      note={data ? `${data.person.name}, ${data.roles.map(roleWord).join(', ')}` : undefined}
      crumbs={[]}
      back="/"
      button="Change my password"
      state={move.state}
      onSend={() => form.ready() && data && move.submit(at`/api/v1/people/${data.person.id}/password`, form.values, 'PUT')}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={
        <>
          <PasswordField label="Password now" autoComplete="current-password" {...field('currentPassword')} />
          <PasswordField
            label="New password"
            autoComplete="new-password"
            {...field('newPassword')}
            hint={lengthHint(schema, 'newPassword')}
          />
        </>
      }
      consequence={
        <>
          {refused && <NothingRecorded />}
          <WhatHappens />
          <p>Every session of yours ends, here and on other computers. Then you sign in with the new password.</p>
        </>
      }
    />
  )
}
