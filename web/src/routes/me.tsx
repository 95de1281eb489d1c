import { useQuery } from '@tanstack/react-query'
import { Done, NothingRecorded } from '#components/consequence.tsx'
import { MovePage } from '#components/move-page.tsx'
import { PasswordField } from '#components/password-field.tsx'
import { useForm } from '#services/form.ts'
import { useMove } from '#services/move.ts'
import { useBodySchema } from '#services/schema.ts'
import { roleWord, sessionQuery } from '#services/session.ts'

type Values = { readonly password: string; readonly newPassword: string }
const BY_CODE = { 'identity.password_wrong': 'password', 'identity.password_weak': 'newPassword' }

/** Who I am here, and a new password. */
export const MePage = () => {
  const { data } = useQuery(sessionQuery)
  const schema = useBodySchema('identity.change_password')
  const move = useMove<unknown>('password')
  const form = useForm<Values>({ password: '', newPassword: '' }, schema, { byCode: BY_CODE })
  const refused = move.state === 'refused' ? move.error : undefined
  return (
    <MovePage
      title="My password"
      note={data ? `${data.person.name}, ${data.roles.map(roleWord).join(', ')}` : undefined}
      crumbs={[]}
      back="/"
      button="Change my password"
      under="Other devices that are signed in as you have to sign in again."
      state={move.state}
      onSend={() => form.ready() && move.submit('/api/v1/sessions/current/password', form.values)}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={
        <>
          <PasswordField
            label="Password now"
            autoComplete="current-password"
            value={form.values.password}
            onChange={(value) => form.set('password', value)}
            error={form.errorOf('password', refused)}
          />
          <PasswordField
            label="New password"
            autoComplete="new-password"
            value={form.values.newPassword}
            onChange={(value) => form.set('newPassword', value)}
            error={form.errorOf('newPassword', refused)}
          />
        </>
      }
      consequence={
        move.state === 'done' ? (
          <Done title="Password changed" ways={null}>
            It counts from now on.
          </Done>
        ) : refused ? (
          <NothingRecorded />
        ) : (
          <p>What you may do here: {data?.permissions.length ?? 0} operations and views.</p>
        )
      }
    />
  )
}
