import { Link } from '@tanstack/react-router'
import { Done, NothingRecorded } from '#components/consequence.tsx'
import { MovePage } from '#components/move-page.tsx'
import { TextField } from '#components/text-field.tsx'
import { useForm } from '#services/form.ts'
import { useMove } from '#services/move.ts'
import { useBodySchema } from '#services/schema.ts'
import type { Person } from '#services/session.ts'

type Values = { readonly name: string; readonly phone: string; readonly email: string | undefined; readonly pan: string | undefined }
const BY_CODE = { 'identity.phone_known': 'phone', 'identity.email_known': 'email', 'identity.pan_known': 'pan' }
const orNothing = (text: string) => (text === '' ? undefined : text)

/** A person the company should know: a borrower, with or without a login of their own. */
export const NewPersonPage = () => {
  const schema = useBodySchema('people.create')
  const move = useMove<Person>('person')
  const form = useForm<Values>({ name: '', phone: '', email: undefined, pan: undefined }, schema, { byCode: BY_CODE })
  const { values, set, errorOf } = form
  const refused = move.state === 'refused' ? move.error : undefined
  return (
    <MovePage
      title="New person"
      crumbs={[{ word: 'People', to: '/people' }]}
      back="/people"
      button={values.name ? `Add ${values.name}` : 'Add'}
      state={move.state}
      onSend={() => form.ready() && move.submit('/api/v1/people', values)}
      error={refused && !form.fieldOf(refused) ? refused : undefined}
      fields={
        <>
          <TextField
            label="Name"
            autoFocus
            value={values.name}
            onChange={(name) => set('name', name)}
            error={errorOf('name', refused)}
            hint="As on the identity document."
          />
          <TextField
            label="Phone"
            type="tel"
            inputMode="tel"
            value={values.phone}
            onChange={(phone) => set('phone', phone)}
            error={errorOf('phone', refused)}
            hint="With country code: +91 98765 43210."
          />
          <TextField
            label="E-mail"
            type="email"
            optional
            value={values.email ?? ''}
            onChange={(email) => set('email', orNothing(email))}
            error={errorOf('email', refused)}
          />
          <TextField
            label="PAN"
            optional
            mono
            value={values.pan ?? ''}
            onChange={(pan) => set('pan', orNothing(pan.toUpperCase()))}
            error={errorOf('pan', refused)}
            hint="Ten characters, needed for the credit check; shown masked ever after."
          />
        </>
      }
      consequence={
        move.state === 'done' && move.answer ? (
          <Done
            title={`${move.answer.name} is known`}
            ways={
              <>
                <Link to={`/people/${move.answer.id}`}>Open</Link>
                <Link to="/apply" search={{ person: move.answer.id }}>
                  Take an application
                </Link>
              </>
            }
          >
            They have a wallet now, and can apply for a loan.
          </Done>
        ) : refused ? (
          <NothingRecorded />
        ) : (
          <p>The person gets a wallet. No message goes out, and no login is made.</p>
        )
      }
    />
  )
}
